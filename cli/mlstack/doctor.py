"""What mlstack needs on this machine, and whether it is there.

One function a check; each says what it found and, where that will not do, what to do.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from mlstack.home import cache_home, mlstack_home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_OLDEST_PYTHON = (3, 11)
_NEWEST_PYTHON = (3, 13)
# Environments of jobs with scikit-learn take 0.5 GB each, a build of the engine 2 GB.
_FREE_GIGABYTES = 3
_PACKAGES = ("pulumi", "pulumi-aws", "boto3", "moto", "grpcio", "uv")


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        name: What was looked at.
        found: What there is, in a few words.
        next_step: What to do; None where it will do.
        needed: Whether mlstack does not work without; False for what only some of it needs.
    """

    name: str
    found: str
    next_step: str | None = None
    needed: bool = True

    @property
    def will_do(self) -> bool:
        """Whether nothing needs to be done."""
        return self.next_step is None


def examine() -> list[Finding]:
    """Runs every check.

    Returns:
        A finding a check, in a fixed order.
    """
    return [check() for check in _CHECKS]


def _python() -> Finding:
    found = f"{sys.version.split()[0]} ({sys.executable})"
    if _OLDEST_PYTHON <= sys.version_info[:2] <= _NEWEST_PYTHON:
        return Finding("Python", found)
    return Finding("Python", found, "Install mlstack with Python 3.11 to 3.13.")


def _packages() -> Finding:
    missing = [name for name in _PACKAGES if _version(name) is None]
    if missing:
        return Finding("Packages", f"missing: {', '.join(missing)}", "Run `pip install 'mlstack[local]'`.")
    return Finding("Packages", ", ".join(f"{name} {_version(name)}" for name in _PACKAGES))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _engine() -> Finding:
    from mlstack.engine import find

    engine = find.find()
    if engine is not None:
        return Finding("Pulumi engine", f"{engine.version} ({engine.executable})")
    other = find.find_any_on_path()
    found = f"{other.version} is too old ({other.executable})" if other else "none"
    return Finding("Pulumi engine", found, "Run `mlstack engine install`.")


def _language_host() -> Finding:
    from mlstack.engine import find

    engine = find.find()
    official = find.official_language_host(engine) if engine else None
    return Finding("Language host", f"Pulumi's own ({official})" if official else "mlstack's own")


def _git() -> Finding:
    git = shutil.which("git")
    if git is None:
        return Finding("git", "none", "Install git: `mlstack init` makes a repository with it.", needed=False)
    return Finding("git", git)


def _home() -> Finding:
    home = mlstack_home()
    return _directory("Home", home) or Finding("Home", str(home))


def _cache() -> Finding:
    cache = cache_home()
    refused = _directory("Cache", cache)
    if refused is not None:
        return refused
    free = shutil.disk_usage(_existing(cache)).free / 1e9
    if free < _FREE_GIGABYTES:
        return Finding("Cache", f"{cache}, {free:.1f} GB free", f"Free {_FREE_GIGABYTES} GB, or set MLSTACK_CACHE.")
    return Finding("Cache", f"{cache}, {free:.0f} GB free")


def _directory(name: str, directory: Path) -> Finding | None:
    existing = _existing(directory)
    if existing.is_dir() and os.access(existing, os.W_OK):
        return None
    return Finding(name, f"{directory} cannot be written", "Make it writable, or set MLSTACK_HOME to one that is.")


def _existing(directory: Path) -> Path:
    return next(each for each in (directory, *directory.parents) if each.exists())


def _local_cloud() -> Finding:
    from mlstack_localcloud.control import status

    running = status(mlstack_home())
    found = f"runs at {running.endpoint_url}, process {running.pid}" if running else "not running"
    return Finding("Local cloud", found)


_CHECKS: tuple[Callable[[], Finding], ...] = (
    _python,
    _packages,
    _engine,
    _language_host,
    _git,
    _home,
    _cache,
    _local_cloud,
)
