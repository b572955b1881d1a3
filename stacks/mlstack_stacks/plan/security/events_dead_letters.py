"""Targets of rules keep what could not be delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import inside

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds targets without a dead-letter queue."""
    for target in inventory.of("aws:cloudwatch/eventTarget:EventTarget"):
        if not inside(target.properties, "deadLetterConfig", "arn"):
            yield target, "drops what it can not deliver: it has no dead-letter queue."
