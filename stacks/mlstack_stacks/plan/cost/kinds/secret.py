"""Secrets Manager's secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage]:  # noqa: ARG001 - each kind takes the same
    """A secret is billed by the month and by its reads.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    reads = context.assumptions.secret_reads
    yield Usage("secret", Item("SecretsManager", "secret"), 1, "1 secret")
    yield Usage("reads", Item("SecretsManager", "api-requests"), reads, f"{number(reads)} requests")
