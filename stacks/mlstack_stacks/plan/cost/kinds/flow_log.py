"""Flow logs of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import NoPrice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[NoPrice]:  # noqa: ARG001 - each kind takes the same
    """What a flow log writes to a log group is that group's; elsewhere its delivery is billed.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    destination = resource.properties.get("logDestinationType", _LOG_GROUP)
    if destination != _LOG_GROUP:
        yield NoPrice("delivery", f"no price of flow logs to {destination}")


_LOG_GROUP = "cloud-watch-logs"
