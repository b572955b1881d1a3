"""S3 buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage]:  # noqa: ARG001 - each kind takes the same
    """Storage is billed by what is kept, of all versions, and by requests; transfer within the region is free.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    assumed = context.assumptions
    yield Usage(
        "storage", Item("S3", "standard-storage-first-50tb"), assumed.storage_gb, f"{number(assumed.storage_gb)} GB"
    )
    writes, reads = assumed.storage_writes, assumed.storage_reads
    yield Usage("writes", Item("S3", "standard-put-copy-post-list"), writes, f"{number(writes)} requests")
    yield Usage("reads", Item("S3", "standard-get-select-other"), reads, f"{number(reads)} requests")
