"""NAT gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage]:  # noqa: ARG001 - each kind takes the same
    """A gateway is billed by the hour and by what passes it.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    hours, gigabytes = context.assumptions.hours_per_month, context.assumptions.network_gb
    yield Usage("gateway", Item("VPC", "nat-gateway"), hours, f"{number(hours)} h")
    yield Usage("data", Item("VPC", "nat-gateway-data-processed"), gigabytes, f"{number(gigabytes)} GB")
