"""The engine of this machine as an archive of the form that Pulumi's own downloads have.

```
pulumi-v3.259.0-linux-x64.tar.gz
    pulumi/pulumi
    pulumi/pulumi-language-python    where the engine came with it
```

The same engine gives the same bytes. Packing takes some seconds, so an archive is kept in
`$MLSTACK_CACHE/engine-archives`.
"""

from __future__ import annotations

import gzip
import os
import platform
import re
import shutil
import sys
import tarfile
from typing import TYPE_CHECKING

from mlstack_components.errors import UserError

from mlstack.bootstrap.package_set import PackageFile
from mlstack.engine import find
from mlstack.home import cache_home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack.engine.find import Engine

ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}
"""What Pulumi calls the architectures of Linux."""

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_NAME = re.compile(r"pulumi-v?(?P<version>\d+\.\d+\.\d+)-linux-(?P<architecture>x64|arm64)\.tar\.gz\Z")
_TOP = "pulumi"
_COMPRESSION = 6


def machine() -> str:
    """This machine's architecture, as Linux calls it."""
    name = platform.machine().lower()
    return _MACHINES.get(name, name)


def require_architecture(name: str | None) -> str:
    """The architecture of the machines that install the packages.

    Args:
        name: What the user says, or None for this machine's.

    Raises:
        UserError: It is none that there are packages for.
    """
    architecture = _MACHINES.get(name, name) if name is not None else machine()
    if architecture not in ARCHITECTURES:
        raise UserError(
            f'"{architecture}" is no architecture that packages can be collected for.',
            next_step=f"Say `--architecture` with one of {', '.join(ARCHITECTURES)}.",
        )
    return architecture


def put_engine(folder: Path, architecture: str, given: Path | None, say: Callable[[str], None]) -> PackageFile:
    """Puts the archive of an engine into a folder.

    Args:
        folder: Where to.
        architecture: The architecture that it must run on.
        given: An archive that the user gives, or None for the engine of this machine.
        say: Told what takes a while.

    Returns:
        The archive.

    Raises:
        UserError: The given file is no archive of Pulumi's for the architecture, or none is given and this machine is
            of another kind.
        EngineMissingError: There is no engine here.
    """
    archive = _checked(given, architecture) if given is not None else _packed(architecture, say)
    target = folder / archive.name
    shutil.copyfile(archive, target)
    version = _NAME.match(archive.name)
    assert version is not None  # noqa: S101 - both ways make such names only
    return PackageFile.of(target, "engine", "pulumi", version["version"], f"linux-{ARCHITECTURES[architecture]}")


def _checked(given: Path, architecture: str) -> Path:
    match = _NAME.match(given.name)
    wanted = f"pulumi-vX.Y.Z-linux-{ARCHITECTURES[architecture]}.tar.gz"
    if match is None or match["architecture"] != ARCHITECTURES[architecture] or not given.is_file():
        raise UserError(
            f"{given} is not an archive of the engine for {architecture}.",
            next_step=f"Give one of Pulumi's own downloads, named {wanted}.",
        )
    return given


def _packed(architecture: str, say: Callable[[str], None]) -> Path:
    if not sys.platform.startswith("linux") or machine() != architecture:
        raise UserError(
            f"The engine of this machine ({sys.platform}/{machine()}) does not run on linux/{architecture}.",
            next_step="Give one that does with `--engine FILE` (Pulumi's own download), or leave the packages out with "
            "`--no-packages`.",
        )
    engine = find.require()
    archive = _kept(engine, architecture)
    if not archive.is_file():
        say(f"Packing the engine {engine.version}")
        _pack(engine, archive)
    return archive


def _kept(engine: Engine, architecture: str) -> Path:
    about = engine.executable.stat()
    # Of two builds of one version each has its own archive.
    folder = cache_home() / "engine-archives" / f"{about.st_size}-{int(about.st_mtime)}"
    return folder / f"pulumi-v{engine.version}-linux-{ARCHITECTURES[architecture]}.tar.gz"


def _pack(engine: Engine, archive: Path) -> None:
    host = find.official_language_host(engine)
    beside = host is not None and host.parent == engine.executable.resolve().parent
    members = [engine.executable.resolve(), *([host] if host is not None and beside else [])]
    archive.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = archive.with_name(f".{archive.name}.{os.getpid()}")
    try:
        with (
            part.open("wb") as raw,
            gzip.GzipFile("", "wb", _COMPRESSION, raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            for member in members:
                tar.add(member, f"{_TOP}/{member.name}", filter=_without_owner)
        part.replace(archive)
    finally:
        part.unlink(missing_ok=True)


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o755
    return member
