"""Replication of buckets to another region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import NoPrice
from mlstack_stacks.spec import EnvironmentSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[NoPrice]:  # noqa: ARG001 - each kind takes the same
    """Transfer is billed by the gigabyte, by pair of regions; what is stored and written there is the copy's own.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    storage = context.spec.storage if isinstance(context.spec, EnvironmentSpec) else None
    region = None if storage is None else storage.replicate_to
    yield NoPrice("transfer", f"no price of transfer from {context.spec.region} to {region or 'another region'}")
