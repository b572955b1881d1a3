"""CloudWatch log groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, Usage, known_number, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage]:
    """What is written is billed once, and what is kept by the month.

    Kept is what a month writes times the months of retention: what it comes to once the group is as old as that.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    written = context.assumptions.log_gb
    yield Usage("logs written", Item("CloudWatch", "logs-ingest-standard"), written, f"{number(written)} GB")
    days = known_number(resource.properties.get("retentionInDays"))
    # Nothing, or 0, keeps them for ever: the first year is told.
    months = (days or _DAYS_A_YEAR) / _DAYS_A_YEAR * 12
    how = f"{number(written)} GB x {number(round(months, 1))} months{'' if days else ', the first year'}"
    yield Usage("logs kept", Item("CloudWatch", "logs-storage"), written * months, how)


_DAYS_A_YEAR = 365
