"""The online store of a feature group: its reads, writes and storage. What the offline store holds is the bucket's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import NoPrice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, _context: Context) -> Iterator[NoPrice]:
    """Reads, writes and storage of the online store are billed, and the table has no price of them.

    Args:
        resource: The resource.
    """
    if resource.properties.get("onlineStoreConfig"):
        yield NoPrice("online store", "the price table has no reads, writes and storage of feature groups")
