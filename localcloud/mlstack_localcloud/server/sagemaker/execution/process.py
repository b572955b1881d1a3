"""A command as a process group that never outlives the daemon (see `runtime/launch.py`)."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import runtime

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAUNCHER = Path(runtime.__file__).parent / "launch.py"
_GRACE_AFTER_DAEMON = 2.0


@dataclass(frozen=True)
class Command:
    """What is run.

    Attributes:
        arguments: The program and its arguments; the program is looked up in the environment's PATH.
        environment: All environment variables; nothing is inherited.
        directory: The working directory.
        output: The file that standard output and error are appended to.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    output: Path


class RunningCommand:
    """A command that runs from the moment that this is made.

    Attributes:
        pid: The process id of the launcher that stands beside the command.
    """

    def __init__(self, command: Command) -> None:
        with command.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_LAUNCHER), str(_GRACE_AFTER_DAEMON), *command.arguments],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=command.directory,
                env=dict(command.environment),
                start_new_session=True,
            )
        self.pid = self._process.pid
        self._ended = threading.Event()
        # Popen.wait with a timeout sleeps between looks; a thread that waits sees the end at once.
        threading.Thread(target=self._wait, name=f"wait-{self.pid}", daemon=True).start()

    def wait(self, timeout: float | None = None) -> int | None:
        """Return the exit code once the whole group has ended, or None when that takes longer.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Returns:
            The command's exit code, or 128 and the number of the signal that ended it.
        """
        return self._process.returncode if self._ended.wait(timeout) else None

    def ended(self) -> bool:
        """Return whether the command has ended."""
        return self._ended.is_set()

    def terminate(self) -> None:
        """Ask the group to end."""
        self._order(b"T")

    def kill(self) -> None:
        """End the group now."""
        self._order(b"K")

    def stop(self, grace: float) -> None:
        """Ask the group to end, kill it when it takes longer, and return when it has ended.

        Args:
            grace: Seconds between asking and killing.
        """
        self.terminate()
        if self.wait(grace) is None:
            self.kill()
            self._ended.wait()

    def _wait(self) -> None:
        self._process.wait()
        self._ended.set()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _order(self, order: bytes) -> None:
        if self._process.stdin is None or self._ended.is_set():
            return
        with contextlib.suppress(BrokenPipeError, ValueError):  # It ended in this moment.
            self._process.stdin.write(order)
