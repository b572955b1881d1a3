"""SNS topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage]:  # noqa: ARG001 - each kind takes the same
    """Messages are billed when they are published.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    messages = context.assumptions.messages
    yield Usage("messages", Item("SNS", "standard-api-requests"), messages, f"{number(messages)} messages")
