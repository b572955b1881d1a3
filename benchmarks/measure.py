"""Timing commands in pairs, so that a figure holds when the machine's speed drifts.

A figure compares two things that were run in turn, A B A B ..., and is the median of the pairs. It is printed, never
judged by an exit code: a benchmark tells, tests decide.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        name: What was compared.
        value: The figure, in `unit`.
        unit: `x` for a ratio, or `s`, `ms`, `MB`, `calls/s`, `calls`.
        limit: What it must reach, in the same unit, or None where it is for information.
        detail: The absolute times or sizes behind it.
        at_least: True where `limit` is a minimum.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    detail: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the limit is kept; None where there is none."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True)
class Pairs:
    """Seconds of two things run in turn."""

    first: tuple[float, ...]
    second: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median over the pairs of first / second."""
        return statistics.median(a / b for a, b in zip(self.first, self.second, strict=True))

    @property
    def difference(self) -> float:
        """The median over the pairs of first - second, in seconds."""
        return statistics.median(a - b for a, b in zip(self.first, self.second, strict=True))

    def describe(self, first: str, second: str) -> str:
        """Both medians, in words."""
        return f"{first} {statistics.median(self.first):.2f} s, {second} {statistics.median(self.second):.2f} s"


def seconds(action: Callable[[], object]) -> float:
    """The wall time of one call, in seconds."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def in_pairs(first: Callable[[], object], second: Callable[[], object], runs: int = 5, warm_up: int = 1) -> Pairs:
    """Call the two in turn, after `warm_up` uncounted calls of each."""
    for _ in range(warm_up):
        first()
        second()
    timed = [(seconds(first), seconds(second)) for _ in range(runs)]
    return Pairs(tuple(a for a, _ in timed), tuple(b for _, b in timed))


def command(
    arguments: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Callable[[], str]:
    """A call that runs `arguments` to its end and gives what it printed.

    Raises:
        RuntimeError: From the call, when the command fails, with what it printed.
    """

    def run() -> str:
        done = subprocess.run(
            [str(argument) for argument in arguments],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{arguments} exited {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    return run
