"""Following a run: a line a step that lives on a terminal, and one plain line a change elsewhere."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.live import Live
from rich.table import Table
from rich.text import Text

from mlstack.training.execution import WAITING, changes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from rich.console import Console

    from mlstack.training.execution import Execution, Step

# (mark, style) by status; the mark tells it where there is no colour.
_MARKS = {
    "Succeeded": ("✓", "green"),
    "Failed": ("✗", "red"),
    "Stopped": ("■", "yellow"),
    "Stopping": ("■", "yellow"),
    "Executing": ("▸", "cyan"),
    "Starting": ("▸", "cyan"),
}
_RUNNING = frozenset({"Starting", "Executing", "Stopping"})
_REFRESHES_A_SECOND = 4


def pictures(
    read: Callable[[], Execution], *, seconds: float, sleep: Callable[[float], object] = time.sleep
) -> Generator[Execution, None, None]:
    """Pictures of an execution until it has finished.

    Args:
        read: Takes one.
        seconds: How long to wait between two.
        sleep: Waits.

    Yields:
        Each picture; the last one is final.
    """
    while True:
        execution = read()
        yield execution
        if execution.finished:
            return
        sleep(seconds)


def show(following: Iterator[Execution], console: Console) -> Execution:
    """Show a run while it goes on.

    Args:
        following: Its pictures; one at least.
        console: Where to.

    Returns:
        The last picture.
    """
    return _show_live(following, console) if console.is_terminal else _show_lines(following, console)


def _show_live(following: Iterator[Execution], console: Console) -> Execution:
    last = next(following)
    # The table is made anew at each refresh, so that the seconds go on between two pictures.
    with Live(
        get_renderable=lambda: steps_table(last), console=console, refresh_per_second=_REFRESHES_A_SECOND
    ) as live:
        for execution in following:
            last = execution
        live.refresh()
    return last


def _show_lines(following: Iterator[Execution], console: Console) -> Execution:
    before: Execution | None = None
    for execution in following:
        for step in changes(before, execution):
            running = step.status in _RUNNING and before is not None and _status(before, step.name) in _RUNNING
            if not running or _progress(before, step.name) != _progress(execution, step.name):
                console.print(line(step), highlight=False)
        before = execution
    assert before is not None, "an execution has one picture at least"  # noqa: S101 - `pictures` yields one
    return before


def _status(execution: Execution, name: str) -> str | None:
    return next((step.status for step in execution.steps if step.name == name), None)


def _progress(execution: Execution | None, name: str) -> str | None:
    steps = execution.steps if execution else ()
    return next((step.tuning.progress for step in steps if step.name == name and step.tuning), None)


def steps_table(execution: Execution, now: datetime | None = None) -> Table:
    """Show the steps of an execution with their status and time."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for step in execution.steps:
        if step.type == "Fail" and step.status == WAITING:
            # It is how a refusing gate ends the run, and no step that anybody waits for.
            continue
        mark, style = _MARKS.get(step.status, ("·", "dim"))
        table.add_row(
            Text(mark, style=style),
            step.name,
            Text("not run" if execution.finished and step.status == WAITING else _word(step), style=style),
            _seconds(step, now or datetime.now(UTC)),
        )
    return table


def line(step: Step) -> Text:
    """One plain line on a step."""
    mark, style = _MARKS.get(step.status, ("·", "dim"))
    took = f"  {step.seconds:.1f} s" if step.seconds is not None and not step.reused else ""
    return Text.assemble((mark, style), f" {step.name:<12} {_word(step)}{took}")


def _word(step: Step) -> str:
    if step.reused:
        return "reused"
    if step.outcome is not None:
        return "passed" if step.outcome == "True" else "refused"
    word = "running" if step.status in {"Starting", "Executing"} else step.status.lower()
    return word if step.tuning is None else f"{word}, {step.tuning.progress}"


def _seconds(step: Step, now: datetime) -> str:
    if step.started_at is None or step.reused:
        return ""
    return f"{max(((step.ended_at or now) - step.started_at).total_seconds(), 0.0):.1f} s"
