"""SQS queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage]:
    """Requests are billed: a message is sent, received and deleted.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    requests = context.assumptions.messages * _REQUESTS_A_MESSAGE
    item = "fifo-requests" if resource.properties.get("fifoQueue") is True else "standard-requests"
    how = f"{number(context.assumptions.messages)} messages x {_REQUESTS_A_MESSAGE} requests"
    yield Usage("requests", Item("SQS", item), requests, how)


_REQUESTS_A_MESSAGE = 3
