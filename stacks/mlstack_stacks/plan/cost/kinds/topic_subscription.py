"""Subscriptions of SNS topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, NoPrice, Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage | NoPrice]:
    """E-mails are billed; what goes to queues and functions is free.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    protocol = resource.properties.get("protocol")
    messages = context.assumptions.messages
    if protocol in {"email", "email-json"}:
        yield Usage("e-mails", Item("SNS", "email-notifications"), messages, f"{number(messages)} messages")
    elif protocol not in {"sqs", "lambda"}:
        yield NoPrice("deliveries", f"no price of deliveries by {protocol}")
