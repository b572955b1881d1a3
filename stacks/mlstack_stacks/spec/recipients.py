"""Looks for what tells somebody, and whether there is somebody to tell.

An alarm without an action is seen by nobody (Security Hub CloudWatch.15), so it is a mistake and no warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec


def missing_recipients(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """Finds alarms and budgets that nobody would hear of.

    Args:
        spec: The specification of an environment.
        file: The file, as messages show it.
    """
    if spec.notifications is not None:
        return
    told = {
        "monitoring.alarms": spec.monitoring is not None and spec.monitoring.alarms is not None,
        "budget": spec.budget is not None,
    }
    for key, given in told.items():
        place = spec.place(key)
        if given and place is not None:
            what = "alarms" if key == "monitoring.alarms" else "the budget's alerts"
            yield Problem(
                file,
                place.line,
                place.key,
                f"nobody would hear of {what}: `notifications` is missing.",
                "Add `notifications: {emails: [team@example.com]}`.",
            )
