"""One job's process from start to end: its log followed, its time limited, stopped on demand."""

from __future__ import annotations

import enum
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.execution.process import Command, RunningCommand

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.server.sagemaker.execution.logs import LogFollower
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import Signals

_SECONDS_BETWEEN_LOOKS = 0.25
_GRACE = 120.0  # SageMaker sends SIGTERM 120 seconds before SIGKILL (StopTrainingJob).


class Cause(enum.Enum):
    """Why a job's process ended."""

    EXIT = "exit"
    STOPPED = "stopped"
    MAX_RUNTIME = "max runtime"


@dataclass(frozen=True)
class Ending:
    """How a job's process ended.

    Attributes:
        cause: Why.
        exit_code: The exit code, or 128 and the number of a signal.
    """

    cause: Cause
    exit_code: int

    @property
    def succeeded(self) -> bool:
        """Whether the script ended by itself and said that it had worked."""
        return self.cause is Cause.EXIT and self.exit_code == 0


def run(
    command: Command,
    follower: LogFollower,
    signals: Signals,
    most_seconds: float,
    on_lines: Callable[[list[str]], None] = lambda _lines: None,
) -> Ending:
    """Run a command to its end.

    Args:
        command: The job's command.
        follower: Sends what it prints to CloudWatch Logs.
        signals: Says when to stop.
        most_seconds: How long it may run.
        on_lines: Is given every line that it prints.

    Returns:
        How it ended. All its processes have ended then, and all its lines were sent.
    """
    deadline = time.monotonic() + most_seconds
    process = RunningCommand(command)
    cause = Cause.EXIT
    while process.wait(_SECONDS_BETWEEN_LOOKS) is None:
        if signals.stop.is_set():
            cause = Cause.STOPPED
        elif time.monotonic() > deadline:
            cause = Cause.MAX_RUNTIME
        else:
            on_lines(follower.pump())
            continue
        process.stop(0 if signals.closing.is_set() else _GRACE)
    code = process.wait()
    if not signals.closing.is_set():
        on_lines(follower.pump(last=True))
    return Ending(cause, code if code is not None else 1)
