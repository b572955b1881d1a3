"""Python environments of jobs and models, kept by content.

```
<environments>/
  <hash>/           a virtual environment; `.complete` in it says that its packages are all there
  <hash>.lock       locked while it is made
```
The hash covers the interpreter and the requirements, so that code whose requirements did not change starts at once, and
a changed requirement makes an environment of its own. uv links the files from its cache: an environment costs little.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FORMAT = 1
_SECONDS_TO_INSTALL = 1800
_SHOWN = 2000


class RequirementsError(Exception):
    """An environment could not be made; the message ends with what uv said."""


@dataclass(frozen=True)
class Requirements:
    """What an environment must hold.

    Attributes:
        text: The content of requirements.txt, empty when there is none.
        directory: Where paths in it start, or None when it was read from an archive.
        packages: What the framework image brings.
    """

    text: str = ""
    directory: Path | None = None
    packages: tuple[str, ...] = ()

    @classmethod
    def in_directory(cls, directory: Path, packages: tuple[str, ...]) -> Requirements:
        """Return the requirements of a directory of code, with or without requirements.txt."""
        file = directory / "requirements.txt"
        if not file.is_file():
            return cls(packages=packages)
        return cls(file.read_text(encoding="utf-8", errors="replace"), directory, packages)

    def lines(self) -> list[str]:
        """Return the requirements without comments and blank lines, sorted."""
        stripped = (line.split(" #", 1)[0].strip() for line in self.text.splitlines())
        return sorted({line for line in stripped if line and not line.startswith("#")})


class Environments:
    """Makes environments, once each; safe between threads and processes.

    Args:
        directory: Where they are kept.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def python(self, requirements: Requirements) -> Path:
        """Return the interpreter of the environment for some requirements; it is made when it is not there.

        Raises:
            RequirementsError: uv could not make it.
        """
        path = self._directory / _key(requirements)
        python = path / "bin" / "python"
        if not _complete(path):
            self._directory.mkdir(parents=True, exist_ok=True)
            with path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not _complete(path):
                    _make(path, requirements)
        return python


def _complete(path: Path) -> bool:
    # The interpreter is a link: it dangles when the Python that made it was removed.
    return (path / ".complete").exists() and (path / "bin" / "python").exists()


def _key(requirements: Requirements) -> str:
    lines = requirements.lines()
    content: list[object] = [
        _FORMAT,
        sys.implementation.cache_tag,
        sys.base_prefix,
        platform.machine(),
        lines,
        sorted(requirements.packages),
    ]
    if requirements.directory is not None and any(_local(line) for line in lines):
        # A requirement that is a path depends on files beside requirements.txt.
        content.append(_digest_of(requirements.directory))
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:24]


def _local(line: str) -> bool:
    return line.startswith((".", "/", "-")) or "file:" in line or "@ ." in line


def _digest_of(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(directory)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _make(path: Path, requirements: Requirements) -> None:
    shutil.rmtree(path, ignore_errors=True)
    uv = _uv()
    _run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(path)], None)
    wanted: list[str] = list(requirements.packages)
    if requirements.lines():
        file = path / "requirements.txt"
        file.write_text("\n".join(requirements.lines()) + "\n", encoding="utf-8")
        wanted += ["--requirements", str(file)]
    if wanted:
        # No --compile-bytecode: it compiles everything (20 s for scikit-learn and pandas), while the first job that
        # imports a package compiles what it needs for all later ones.
        install = [uv, "pip", "install", "--quiet", "--python", str(path / "bin" / "python")]
        _run([*install, *wanted], requirements.directory, requirements.packages)
    (path / ".complete").touch()


def _run(command: Iterable[str], directory: Path | None, packages: tuple[str, ...] = ()) -> None:
    try:
        # uv runs with the user's own environment: index settings, proxies and certificates are theirs.
        result = subprocess.run(
            list(command),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS_TO_INSTALL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RequirementsError(f"The Python environment could not be made: {error}") from error
    if result.returncode != 0:
        said = (result.stderr or result.stdout).strip()[-_SHOWN:]
        image = f" and what the image brings ({', '.join(packages)})" if packages else ""
        raise RequirementsError(f"The Python environment could not be made from requirements.txt{image}:\n{said}")


def _uv() -> str:
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
        if found is None:
            raise RequirementsError("uv is not installed; it makes the Python environments of jobs.") from None
        return found
