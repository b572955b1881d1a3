"""A job's processes from start to end, one a host: their logs followed, their time limited, stopped on demand."""

from __future__ import annotations

import enum
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.execution.process import Command, RunningCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlstack_localcloud.server.sagemaker.execution.logs import LogFollower
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import Signals

DAY = 86_400  # MaxRuntimeInSeconds where a request has none, by the documentation of StoppingCondition.
_SECONDS_BETWEEN_LOOKS = 0.25
_GRACE = 120.0  # SageMaker sends SIGTERM 120 seconds before SIGKILL (StopTrainingJob).
_GRACE_AFTER_FAILURE = 5.0  # The job has failed, whatever the other hosts still do.


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
        host: Which of the hosts it is about: the first one that failed.
    """

    cause: Cause
    exit_code: int
    host: int = 0

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
    return run_together([(command, follower)], signals, most_seconds, on_lines)


def run_together(
    members: Sequence[tuple[Command, LogFollower]],
    signals: Signals,
    most_seconds: float,
    on_lines: Callable[[list[str]], None] = lambda _lines: None,
) -> Ending:
    """Run the commands of a job's hosts to their end; when one fails the others are ended.

    Args:
        members: Each host's command, and what sends its lines to CloudWatch Logs.
        signals: Says when to stop.
        most_seconds: How long they may run.
        on_lines: Is given every line that they print.

    Returns:
        How they ended. All their processes have ended then, and all their lines were sent.
    """
    deadline = time.monotonic() + most_seconds
    processes = [RunningCommand(command) for command, _ in members]
    cause, failed = Cause.EXIT, None
    while running := _running(processes):
        grace = _GRACE
        if signals.stop.is_set():
            cause = Cause.STOPPED
        elif time.monotonic() > deadline:
            cause = Cause.MAX_RUNTIME
        elif (failed := _first_failed(processes)) is not None:
            grace = _GRACE_AFTER_FAILURE
        else:
            _pump(members, on_lines)
            continue
        _stop(running, 0 if signals.closing.is_set() else grace)
    if failed is None:
        failed = _first_failed(processes)
    if not signals.closing.is_set():
        _pump(members, on_lines, last=True)
    host = failed or 0
    return Ending(cause, processes[host].wait() or 0, host)


def _running(processes: list[RunningCommand]) -> list[RunningCommand]:
    """Those that still run after a moment."""
    running = [process for process in processes if not process.ended()]
    if running:
        running[0].wait(_SECONDS_BETWEEN_LOOKS)
    return [process for process in running if not process.ended()]


def _first_failed(processes: list[RunningCommand]) -> int | None:
    return next((place for place, process in enumerate(processes) if process.wait(0)), None)


def _stop(processes: list[RunningCommand], grace: float) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.stop(grace)


def _pump(
    members: Sequence[tuple[Command, LogFollower]], on_lines: Callable[[list[str]], None], *, last: bool = False
) -> None:
    for _, follower in members:
        on_lines(follower.pump(last=last))
