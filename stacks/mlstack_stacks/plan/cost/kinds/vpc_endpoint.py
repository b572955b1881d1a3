"""VPC endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, NoPrice, Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage | NoPrice]:
    """An interface endpoint is billed by hour and subnet, and by what passes it; a gateway endpoint is free.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    kind = resource.properties.get("vpcEndpointType", "Gateway")
    if kind == "Gateway":
        return
    subnets = resource.properties.get("subnetIds")
    if kind != "Interface" or not isinstance(subnets, list) or not subnets:
        yield NoPrice("endpoint", f"no price of {kind} endpoints, or in how many zones it is can't be told")
        return
    hours, gigabytes = context.assumptions.hours_per_month, context.assumptions.network_gb
    how = f"{len(subnets)} zones x {number(hours)} h"
    yield Usage("endpoint", Item("VPC", "interface-endpoint"), len(subnets) * hours, how)
    yield Usage("data", Item("VPC", "interface-endpoint-data-first-1pb"), gigabytes, f"{number(gigabytes)} GB")
