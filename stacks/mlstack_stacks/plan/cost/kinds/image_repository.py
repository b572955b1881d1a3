"""ECR repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage]:  # noqa: ARG001 - each kind takes the same
    """Images are billed by what they occupy.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    gigabytes = context.assumptions.image_gb
    yield Usage("images", Item("ECR", "private-storage"), gigabytes, f"{number(gigabytes)} GB")
