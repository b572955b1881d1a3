"""Warns of alarms, of a budget and of cost anomalies that nobody would hear of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds what tells somebody where there is nobody to tell.

    Args:
        spec: The specification of the environment.
    """
    if spec.notifications is not None:
        return
    next_step = "Add `notifications: {emails: [team@example.com]}`."
    if spec.monitoring is not None and spec.monitoring.alarms is not None:
        yield Warn(
            "no_recipients",
            "no notifications: the alarms are left out, for nobody would hear of them (CloudWatch.15).",
            Warn.place_of(spec, "monitoring.alarms"),
            next_step,
        )
    if spec.budget is not None and spec.budget.anomaly_usd is not None:
        yield Warn(
            "no_recipients",
            "no notifications: the detection of anomalies is left out, for nobody would hear of them.",
            Warn.place_of(spec, "budget.anomaly_usd"),
            next_step,
        )
    if spec.budget is not None:
        yield Warn(
            "no_recipients",
            "no notifications: the budget is there and tells nobody when it runs out.",
            Warn.place_of(spec, "budget"),
            next_step,
        )
