"""KMS keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, NoPrice, Usage, known_text, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage | NoPrice]:
    """A key is billed by the month and by its use.

    Each of the first two rotations adds a month's price once more; an estimate is of the first year.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    spec = known_text(resource.properties.get("customerMasterKeySpec")) or _SYMMETRIC
    requests = context.assumptions.key_requests
    yield Usage("key", Item("KMS", "customer-managed-key"), 1, "1 key")
    if spec == _SYMMETRIC:
        yield Usage("requests", Item("KMS", "symmetric-requests"), requests, f"{number(requests)} requests")
    else:
        yield NoPrice("requests", f"no price of requests to {spec} keys")


_SYMMETRIC = "SYMMETRIC_DEFAULT"
