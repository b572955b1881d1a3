"""Which Pulumi engine is used: the user's own where its version will do, or the one that mlstack keeps.

```
$MLSTACK_HOME/engine/<version>/bin/pulumi                  an engine that mlstack installed or built
$MLSTACK_HOME/engine/<version>/bin/pulumi-language-python  the language host, official or ours
$MLSTACK_CACHE/engine-versions.json                        what `pulumi version` of a file said; asking takes 0.2 s
```
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mlstack_components.errors import MlstackError
from packaging.version import InvalidVersion, Version

from mlstack.home import cache_home, mlstack_home

MINIMUM = Version("3.259.0")
"""The oldest engine that will do, and the version that mlstack builds."""

_NEXT_MAJOR = Version("4")
_SECONDS_TO_ANSWER = 20
LANGUAGE_HOST = "pulumi-language-python"

# By this line mlstack tells its own language host from the official one.
_OUR_MARK = "# The language host of mlstack"
_OUR_LANGUAGE_HOST = f"""#!/bin/sh
{_OUR_MARK}, for engines that come without the official one.
exec "${{PULUMI_PYTHON_CMD:-python3}}" -m mlstack.engine.language_host "$@"
"""


class EngineMissingError(MlstackError):
    """There is no Pulumi engine on this machine that will do."""

    code = "engine-missing"


@dataclass(frozen=True)
class Engine:
    """A Pulumi engine.

    Attributes:
        executable: The `pulumi` command, absolute.
        version: What `pulumi version` says, without the `v`.
    """

    executable: Path
    version: str

    @property
    def is_kept(self) -> bool:
        """Whether mlstack installed it."""
        return self.executable.is_relative_to(engines_home())

    @property
    def search_path(self) -> list[Path]:
        """The directories that must be on PATH for this engine, in order."""
        ours = self._our_bin
        directories = [self.executable.parent]
        if ours != self.executable.parent and official_language_host(self) is None:
            directories.append(ours)
        return directories

    @property
    def _our_bin(self) -> Path:
        return engines_home() / self.version / "bin"


def engines_home() -> Path:
    """Where mlstack keeps engines."""
    return mlstack_home() / "engine"


def find() -> Engine | None:
    """The engine to use, or None where there is none that will do.

    Returns:
        The first of `pulumi` on PATH and the kept engines, newest first, whose version is accepted.
    """
    return next((engine for engine in map(_engine, _candidates()) if engine is not None and is_accepted(engine)), None)


def find_any_on_path() -> Engine | None:
    """The `pulumi` on PATH whatever its version, for messages on why it is not used."""
    on_path = shutil.which("pulumi")
    return _engine(Path(on_path)) if on_path else None


def require() -> Engine:
    """The engine to use.

    Returns:
        What `find` returns, with a language host in place.

    Raises:
        EngineMissingError: There is none that will do.
    """
    engine = find()
    if engine is None:
        raise EngineMissingError(
            f"There is no Pulumi engine of version {MINIMUM} or newer on this machine.",
            next_step="Run `mlstack engine install`.",
        )
    ensure_language_host(engine)
    return engine


def is_accepted(engine: Engine) -> bool:
    """Whether an engine's version will do."""
    try:
        return MINIMUM <= Version(engine.version) < _NEXT_MAJOR
    except InvalidVersion:
        return False


def official_language_host(engine: Engine) -> Path | None:
    """Pulumi's own language host for Python.

    Args:
        engine: The engine that would start it; one beside it wins over those on PATH.

    Returns:
        The executable, or None where only ours is found or none at all.
    """
    directories = [engine.executable.resolve().parent, *map(Path, os.get_exec_path())]
    for directory in directories:
        candidate = directory / LANGUAGE_HOST
        if os.access(candidate, os.X_OK) and not _is_ours(candidate):
            return candidate
    return None


def ensure_language_host(engine: Engine) -> None:
    """Puts mlstack's language host in place where the engine has no official one.

    Args:
        engine: The engine that needs one.
    """
    if official_language_host(engine) is not None:
        return
    target = engine._our_bin / LANGUAGE_HOST
    if target.is_file() and target.read_text() == _OUR_LANGUAGE_HOST:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{LANGUAGE_HOST}-{os.getpid()}")
    beside.write_text(_OUR_LANGUAGE_HOST)
    beside.chmod(0o755)
    beside.replace(target)


def version_of(executable: Path) -> str | None:
    """Asks an executable for its version, or remembers what it said.

    Args:
        executable: A `pulumi` command.

    Returns:
        Such as `3.259.0`, or None where it does not answer as Pulumi does.
    """
    try:
        facts = executable.stat()
    except OSError:
        return None
    stamp = [str(facts.st_mtime_ns), str(facts.st_size)]
    known = _read_versions()
    remembered = known.get(str(executable))
    if remembered is not None and remembered[:2] == stamp:
        return remembered[2]
    version = _ask_version(executable)
    if version is not None:
        _write_versions({**known, str(executable): [*stamp, version]})
    return version


def _candidates() -> list[Path]:
    on_path = shutil.which("pulumi")
    kept = sorted(engines_home().glob("*/bin/pulumi"), key=_directory_version, reverse=True)
    return [*([Path(on_path).absolute()] if on_path else []), *kept]


def _directory_version(executable: Path) -> Version:
    try:
        return Version(executable.parent.parent.name)
    except InvalidVersion:
        return Version("0")


def _engine(executable: Path) -> Engine | None:
    version = version_of(executable)
    return Engine(executable, version) if version else None


def _is_ours(executable: Path) -> bool:
    with executable.open("rb") as file:
        return _OUR_MARK.encode() in file.read(200)


def _ask_version(executable: Path) -> str | None:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [executable, "version"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS_TO_ANSWER,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip().removeprefix("v") or None


def _versions_file() -> Path:
    return cache_home() / "engine-versions.json"


def _read_versions() -> dict[str, list[str]]:
    try:
        known = json.loads(_versions_file().read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write_versions(known: dict[str, list[str]]) -> None:
    file = _versions_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f"{file.name}-{os.getpid()}")
        beside.write_text(json.dumps(known))
        beside.replace(file)
    except OSError:
        # A cache that cannot be written costs 0.2 s a command, nothing else.
        return
