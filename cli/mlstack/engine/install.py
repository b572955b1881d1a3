"""Installing the Pulumi engine.

Stages: one that is there and will do; the official installer, through the Automation API; a build from Pulumi's Go
module. The first that works wins, and the error names each that was tried and why it failed. An engine appears in its
place in one step, so an interrupted installation leaves nothing that looks installed. Two installations wait for each
other.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.engine import build, find
from mlstack.engine.find import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_SECONDS_TO_CONNECT = 20
_SECONDS_TO_DOWNLOAD = 900

# In a process of its own: the installer has no time limit of its own, and the import costs a second.
_OFFICIAL_INSTALLER = f"""
import socket, subprocess, sys
from pulumi.automation import PulumiCommand
socket.setdefaulttimeout({_SECONDS_TO_CONNECT})
try:
    PulumiCommand.install(root=sys.argv[1])
except subprocess.CalledProcessError as error:
    sys.exit((error.output or b"").decode(errors="replace") or str(error))
except Exception as error:
    sys.exit(str(error))
"""


class EngineUnavailableError(MlstackError):
    """No way of getting an engine worked.

    Attributes:
        ways: Each way that was tried, and why it failed.
    """

    code = "engine-unavailable"

    def __init__(self, ways: dict[str, str]) -> None:
        self.ways = ways
        tried = "\n".join(f"  - {way}: {reason}" for way, reason in ways.items())
        super().__init__(
            f"No Pulumi engine could be installed. Tried:\n{tried}",
            next_step="Install Pulumi yourself (https://www.pulumi.com/docs/install/), or install Go and run "
            "`mlstack engine install` again.",
        )


def ensure(progress: Callable[[str], None]) -> Engine:
    """The engine to use, installed first where there is none.

    Args:
        progress: Told what is being done, in a few words.

    Returns:
        An engine that will do, with a language host in place.

    Raises:
        EngineUnavailableError: Every way failed.
    """
    return _ready() or install(progress)


def install(progress: Callable[[str], None]) -> Engine:
    """Installs an engine by the first way that works.

    Args:
        progress: Told what is being done, in a few words.

    Returns:
        The installed engine, with a language host in place.

    Raises:
        EngineUnavailableError: Every way failed.
    """
    ways = {"`pulumi` on PATH": _why_not_on_path()}
    with _one_at_a_time(progress):
        # Another installation may have finished while this one waited.
        ready = _ready()
        if ready is not None:
            return ready
        for way, attempt in (
            ("the official installer (get.pulumi.com)", _install_official),
            (f"a build of {build.MODULE} {find.MINIMUM} with Go", _build),
        ):
            progress(f"Installing the Pulumi engine: {way}")
            try:
                engine = attempt(progress)
            except _FailedError as failure:
                ways[way] = str(failure)
            else:
                find.ensure_language_host(engine)
                return engine
    raise EngineUnavailableError(ways)


class _FailedError(Exception):
    """One way did not work; another may."""


def _ready() -> Engine | None:
    engine = find.find()
    if engine is not None:
        find.ensure_language_host(engine)
    return engine


def _why_not_on_path() -> str:
    engine = find.find_any_on_path()
    if engine is None:
        return "there is none"
    return f"{engine.executable} is version {engine.version}, and {find.MINIMUM} or newer (3.x) is needed"


def _install_official(progress: Callable[[str], None]) -> Engine:
    del progress  # the installer says nothing until it is done
    try:
        engine_version = version("pulumi")
    except PackageNotFoundError:
        raise _FailedError("Pulumi's Python SDK is not installed (pip install 'mlstack[local]')") from None
    with _place(engine_version) as directory:
        command = [sys.executable, "-c", _OFFICIAL_INSTALLER, str(directory)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS_TO_DOWNLOAD, check=False)
        except subprocess.TimeoutExpired:
            raise _FailedError(f"it took longer than {_SECONDS_TO_DOWNLOAD} seconds") from None
        if done.returncode != 0:
            raise _FailedError(_last_line(done.stderr))
    return _installed(engine_version)


def _build(progress: Callable[[str], None]) -> Engine:
    with _place(str(find.MINIMUM)) as directory:
        try:
            build.build(directory, progress)
        except build.BuildError as error:
            raise _FailedError(str(error)) from error
    return _installed(str(find.MINIMUM))


@contextmanager
def _place(engine_version: str) -> Iterator[Path]:
    """A directory that becomes `engine/<version>` when the block ends well, and is gone when it does not."""
    home = find.engines_home()
    home.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix=".installing-", dir=home))
    try:
        yield directory
        directory.chmod(0o755)
        target = home / engine_version
        if target.exists():
            # An engine that does not answer, or a language host alone.
            shutil.rmtree(target)
        directory.rename(target)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _installed(engine_version: str) -> Engine:
    executable = find.engines_home() / engine_version / "bin" / "pulumi"
    answered = find.version_of(executable)
    if answered is None:
        raise _FailedError(f"{executable} does not answer `pulumi version`")
    engine = Engine(executable, answered)
    if not find.is_accepted(engine):
        raise _FailedError(f"it is version {answered}, and {find.MINIMUM} or newer (3.x) is needed")
    return engine


@contextmanager
def _one_at_a_time(progress: Callable[[str], None]) -> Iterator[None]:
    home = find.engines_home()
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Waiting for another installation of the Pulumi engine")
            fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(home)
        yield


def _sweep(home: Path) -> None:
    """Removes what killed installations left; the lock says that none is running."""
    for abandoned in home.glob(".installing-*"):
        shutil.rmtree(abandoned, ignore_errors=True)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"
