"""One run of the engine as a process: its lines as they come, and an interrupt that lets it finish.

The engine runs in a process group of its own, so that Ctrl-C reaches it once, from here: at the first SIGINT it
finishes what is in flight and saves its state; at a second it gives up, which leaves resources that no state knows.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType


@dataclass(frozen=True)
class Finished:
    """A run that has ended.

    Attributes:
        exit_code: What the engine exited with.
        stderr: What it wrote there, whole.
        interrupted: Whether it was asked to stop.
    """

    exit_code: int
    stderr: str
    interrupted: bool


def run(
    arguments: Sequence[str | Path],
    directory: Path,
    environment: Mapping[str, str],
    on_line: Callable[[str], object],
    on_interrupt: Callable[[], object] = lambda: None,
) -> Finished:
    """Runs the engine and hands over its lines.

    Args:
        arguments: The command and its arguments.
        directory: The Pulumi project.
        environment: The whole environment.
        on_line: Given each line of stdout as it comes.
        on_interrupt: Called when the first interrupt was passed on, to tell the user what is waited for.

    Returns:
        How it ended.
    """
    said: list[str] = []
    with subprocess.Popen(
        list(map(str, arguments)),
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        process_group=0,
    ) as process:
        reader = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
        reader.start()
        with _passing_on_interrupts(process, on_interrupt) as passed_on:
            for line in process.stdout or ():
                on_line(line)
            exit_code = process.wait()
        reader.join()
    return Finished(exit_code, "".join(said), interrupted=bool(passed_on))


@contextmanager
def _passing_on_interrupts(
    process: subprocess.Popen[str], on_interrupt: Callable[[], object]
) -> Iterator[list[signal.Signals]]:
    """Turns SIGINT and SIGTERM of this process into SIGINT of the engine.

    A handler rather than KeyboardInterrupt: an exception in the middle of reading would lose the engine's lines.
    """
    passed_on: list[signal.Signals] = []

    def pass_on(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        passed_on.append(signal.Signals(number))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGINT)
        if len(passed_on) == 1:
            on_interrupt()

    if threading.current_thread() is not threading.main_thread():
        yield passed_on
        return
    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield passed_on
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
