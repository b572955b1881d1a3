"""Alarms have actions (CloudWatch.15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds alarms that tell nobody and scale nothing; those of an environment without recipients are told apart."""
    # Without a topic there is nobody to tell: the rule no_recipients speaks of that.
    if not any(inventory.of("aws:sns/topic:Topic")):
        return
    for alarm in inventory.of("aws:cloudwatch/metricAlarm:MetricAlarm"):
        if not alarm.properties.get("alarmActions"):
            yield alarm, "has no action."
