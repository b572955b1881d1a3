import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mlstack.training.execution import Execution, Step
from mlstack.training.follow import pictures, show, steps_table
from mlstack.training.tuning import Tuning
from rich.console import Console

START = datetime(2026, 1, 1, tzinfo=UTC)
PREPARE = Step("prepare", "Processing", "Executing", START)
TRAIN = Step("train", "Training")
RUN = [
    Execution("arn:x/1", "Executing", (PREPARE, TRAIN)),
    Execution("arn:x/1", "Executing", (PREPARE, TRAIN)),
    Execution(
        "arn:x/1",
        "Executing",
        (
            replace(PREPARE, status="Succeeded", ended_at=START + timedelta(seconds=2)),
            replace(TRAIN, status="Starting"),
        ),
    ),
    Execution(
        "arn:x/1",
        "Failed",
        (replace(PREPARE, status="Succeeded", reused=True), replace(TRAIN, status="Failed")),
    ),
]


def test_pictures_until_it_has_finished() -> None:
    waiting: list[float] = []
    coming = iter(RUN)
    taken = list(pictures(lambda: next(coming), seconds=0.5, sleep=waiting.append))
    assert [each.status for each in taken] == ["Executing", "Executing", "Executing", "Failed"]
    assert waiting == [0.5, 0.5, 0.5]


def test_a_plain_line_a_change_where_nobody_watches() -> None:
    console = Console(file=io.StringIO(), width=80)
    last = show(iter(RUN), console)
    assert last is RUN[-1]
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b" not in written
    assert [" ".join(line.split()) for line in written.splitlines()] == [
        "▸ prepare running",
        "✓ prepare succeeded 2.0 s",
        "▸ train running",
        "✗ train failed",
    ]


def test_the_jobs_of_a_tuning_step_are_counted() -> None:
    first = Tuning("job", "f1", total=2, ended=0)
    best = replace(first, ended=1, best_job="job-001", best_value=0.7125)
    step = Step("tune", "Tuning", "Executing", START)
    shown = [step, replace(step, tuning=first), replace(step, tuning=first), replace(step, tuning=best)]
    shown.append(replace(shown[-1], status="Succeeded", tuning=replace(best, ended=2)))
    console = Console(file=io.StringIO(), width=80)
    show(iter([Execution("arn:x/1", "Executing", (each,)) for each in shown]), console)
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert [" ".join(line.split()) for line in written.splitlines()] == [
        "▸ tune running",
        "▸ tune running, 0 of 2 jobs",
        "▸ tune running, 1 of 2 jobs, best f1 0.7125",
        "✓ tune succeeded, 2 of 2 jobs, best f1 0.7125",
    ]


def test_a_live_table_on_a_terminal() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    assert show(iter(RUN), console) is RUN[-1]
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b" in written
    assert "reused" in written.rsplit("prepare", 1)[-1].split("\n")[0]


def test_seconds_go_on_while_a_step_runs() -> None:
    console = Console(file=io.StringIO(), width=80)
    console.print(steps_table(RUN[0], now=START + timedelta(seconds=7.25)))
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert "7.2 s" in written.splitlines()[0]
    assert "waiting" in written.splitlines()[1]


def test_the_gate_passes_or_refuses() -> None:
    console = Console(file=io.StringIO(), width=80)
    gates = tuple(Step(f"gate-{outcome}", "Condition", "Succeeded", outcome=outcome) for outcome in ("True", "False"))
    show(iter([Execution("arn:x/1", "Succeeded", gates)]), console)
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert "gate-True    passed" in written
    assert "gate-False   refused" in written


def test_a_step_that_a_finished_run_left_out() -> None:
    console = Console(file=io.StringIO(), width=80)
    console.print(steps_table(Execution("arn:x/1", "Succeeded", (TRAIN,))))
    assert "not run" in console.file.getvalue()  # type: ignore[attr-defined]
