"""Collecting what is installed where there is no package index.

Stages: mlstack's own wheel, where this mlstack runs from a checkout; the wheels of all that it needs, by pip, from the
user's own index or from a folder; the engine; the lists. The downside of letting pip choose: it judges the conditions
in requirements (`sys_platform`, `python_version`) by the interpreter that it runs in, so a set is always for the Python
version of this mlstack.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mlstack_components.errors import MlstackError

from mlstack import __version__
from mlstack.bootstrap.engine_archive import put_engine
from mlstack.bootstrap.package_set import complete

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlstack.bootstrap.package_set import PackageSet

# From the newest on: what CodeBuild's and GitHub's images have is glibc 2.34 or newer.
_LINUX_TAGS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014")
_EXTRA = "aws"
_LINES_OF_ERROR = 3


class PackagesError(MlstackError):
    """The packages could not be collected."""

    code = "packages"


@dataclass(frozen=True)
class PackageSource:
    """Where packages come from, and what they are for.

    Attributes:
        architecture: The architecture of the machines that install them, as Linux calls it.
        wheels: A folder of wheels, in place of a package index, or None.
        engine: An archive of the engine, in place of this machine's, or None.
    """

    architecture: str
    wheels: Path | None = None
    engine: Path | None = None


def python_version() -> str:
    """The version of Python that a set is for."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def collect(source: PackageSource, folder: Path, say: Callable[[str], None]) -> PackageSet:
    """Collects the packages.

    Args:
        source: Where from.
        folder: An empty folder, in which they are put.
        say: Told what is being done, in a few words.

    Returns:
        The packages.

    Raises:
        PackagesError: pip could not get them.
        UserError: The engine is of another platform.
        EngineMissingError: There is no engine.
    """
    # First, as it may fail at once, and pip takes a minute.
    engine = put_engine(folder, source.architecture, source.engine, say)
    say("Collecting mlstack and what it needs")
    _download(source, folder)
    return complete(folder, __version__, python_version(), f"linux/{source.architecture}", engine)


def _download(source: PackageSource, folder: Path) -> None:
    checkout = _checkout()
    if source.wheels is not None:
        where = ["--no-index", "--find-links", str(source.wheels)]
    else:
        if checkout is not None:
            _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(checkout))
        where = ["--find-links", str(folder), *_constraints(checkout)]
    platforms = [f"--platform={tag}_{source.architecture}" for tag in _LINUX_TAGS]
    _pip(
        "download",
        *where,
        "--only-binary=:all:",
        "--implementation=cp",
        f"--python-version={python_version()}",
        *platforms,
        "--dest",
        str(folder),
        f"mlstack[{_EXTRA}]=={__version__}",
    )


def _constraints(checkout: Path | None) -> list[str]:
    """The pins of a checkout; an installed mlstack brings none."""
    file = None if checkout is None else checkout / "constraints.txt"
    return ["--constraint", str(file)] if file is not None and file.is_file() else []


def _checkout() -> Path | None:
    """The folder that this mlstack runs from, where it is installed editable (PEP 610)."""
    text = distribution("mlstack").read_text("direct_url.json")
    about = json.loads(text) if text else {}
    if not about.get("dir_info", {}).get("editable"):
        return None
    return Path(unquote(urlsplit(about["url"]).path))


def _pip(command: str, *arguments: str) -> None:
    """Runs pip with the user's own configuration.

    Raises:
        PackagesError: It failed.
    """
    ended = subprocess.run(
        [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check", "--no-input", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise PackagesError(
            f"The packages could not be collected: {_reason(ended.stderr.splitlines())}",
            next_step="Connect to a package index (pip's own configuration is used), give a folder of wheels with "
            "`--wheels DIRECTORY`, or leave the packages out with `--no-packages`.",
        )


def _reason(lines: Sequence[str]) -> str:
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")] or list(lines)
    return " ".join(errors[-_LINES_OF_ERROR:]) or "pip said nothing."
