"""What a run found, as tables: metrics per class and macro, the spread of the cross-validation, and the gate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from mlstack.training.evaluation import CrossValidation, Evaluation
    from mlstack.training.gates import Gate
    from mlstack.training.tuning import Tuning

# The order in which people read them; others follow by name.
_FIRST = ("accuracy", "precision", "recall", "f1")
_LAST = ("support",)
_TITLES = {"f1": "F1"}


def in_reading_order(names: Iterable[str]) -> list[str]:
    """Sort metric names: accuracy, precision, recall, F1, others by name, support last."""

    def place(name: str) -> tuple[int, str]:
        if name in _FIRST:
            return _FIRST.index(name), ""
        return (len(_FIRST) + (name in _LAST), name)

    return sorted(set(names), key=place)


def metric(value: float | None, name: str = "") -> str:
    """Write a metric: three decimals, counts whole, a dash for none."""
    if value is None or math.isnan(value):
        return "-"
    return f"{value:.0f}" if name in _LAST else f"{value:.3f}"


def metrics_table(evaluation: Evaluation) -> RenderableType:
    """Show an evaluation.

    Args:
        evaluation: What the evaluate step found.

    Returns:
        One row a class and one for the macro average, one column a metric; below them, if the project cross-validates,
        mean and spread over the folds.
    """
    columns = in_reading_order(
        [
            *evaluation.metrics,
            *evaluation.cross_validation,
            *(name for row in evaluation.classes.values() for name in row),
        ]
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for name in columns:
        table.add_column(_TITLES.get(name, name), justify="right")
    for label, values in evaluation.classes.items():
        table.add_row(Text(label), *(metric(values.get(name), name) for name in columns))
    table.add_row("macro", *(metric(evaluation.metrics.get(name), name) for name in columns), style="bold")
    if evaluation.cross_validation:
        cells = (_spread(evaluation.cross_validation.get(name)) for name in columns)
        table.add_row(_folds(evaluation), *cells)
    return table


def _spread(fold: CrossValidation | None) -> str:
    return "-" if fold is None else f"{metric(fold.mean)} ± {metric(fold.standard_deviation)}"


def _folds(evaluation: Evaluation) -> str:
    counts = {fold.folds for fold in evaluation.cross_validation.values()} - {None}
    return f"cross-validation ({counts.pop()} folds)" if len(counts) == 1 else "cross-validation"


def tuning_table(tuning: Tuning) -> RenderableType:
    """Show the best hyperparameters that tuning found.

    Args:
        tuning: What it found.
    """
    if tuning.best_value is None:
        return Text(f"Tuning found no best {tuning.metric} ({tuning.progress}).")
    head = Text(f"Best of {tuning.ended} jobs: {tuning.metric} {metric(tuning.best_value)}", style="bold")
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in sorted(tuning.best.items()):
        table.add_row(Text(f"  {name}"), Text(value))
    return Group(head, table)


def verdict(outcome: bool | None, gates: Sequence[Gate]) -> RenderableType:
    """Show the gate's verdict.

    Args:
        outcome: What the condition step decided; None where the run never reached it.
        gates: Its conditions with the run's metrics.

    Returns:
        A line with the verdict, and a line for each condition.
    """
    if outcome is None:
        return Text("The gate was not reached.")
    head = Text("Gate passed." if outcome else "Gate refused the model.", style="bold green" if outcome else "bold red")
    return Group(head, *(_gate_line(gate) for gate in gates))


def _gate_line(gate: Gate) -> Text:
    words = {True: ("  met     ", "green"), False: ("  not met ", "red"), None: ("  unknown ", "yellow")}
    word, style = words[gate.passed]
    return Text.assemble((word, style), f"{gate.condition}: {metric(gate.value)}")
