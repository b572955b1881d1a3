"""CloudWatch alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, NoPrice, Usage, known_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage | NoPrice]:  # noqa: ARG001 - each kind takes the same
    """An alarm is billed by its metrics; one that is evaluated more often than each minute by another price.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    period = known_number(resource.properties.get("period"))
    if period is not None and period < _STANDARD_SECONDS:
        yield NoPrice("alarm", "no price of alarms with a period below 60 seconds")
        return
    queries = resource.properties.get("metricQueries")
    metrics = sum("metric" in query for query in queries) if isinstance(queries, list) else 1
    yield Usage("alarm", Item("CloudWatch", "standard-alarm"), metrics, f"{metrics} metric{'s' * (metrics != 1)}")


_STANDARD_SECONDS = 60
