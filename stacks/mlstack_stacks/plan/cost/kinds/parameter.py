"""SSM parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage]:  # noqa: ARG001 - each kind takes the same
    """A standard parameter is free, an advanced one is billed by the month.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    if resource.properties.get("tier") == "Advanced":
        yield Usage("parameter", Item("SSM", "parameter-advanced"), 1, "1 parameter")
