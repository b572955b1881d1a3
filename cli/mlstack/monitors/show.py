"""How a monitor's run is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from mlstack.monitors.violations import MonitorRun


def monitor_page(run: MonitorRun) -> RenderableType:
    """The violations of a run, and where its report lies.

    Args:
        run: The run.
    """
    report = Text(f"Report: {run.report_uri}/")
    of_model = run.monitor == "model_quality"
    if not run.violations:
        fine = "the model is as right as in its evaluation" if of_model else "the calls are like the training data"
        return Group(Text(f"No violations: {fine}."), report)
    table = Table(box=None, pad_edge=False)
    for heading in ("metric" if of_model else "feature", "check", "what is wrong"):
        table.add_column(heading)
    for each in run.violations:
        table.add_row(Text(each.feature), Text(each.check), Text(each.description))
    return Group(table, report)
