"""Training jobs that are resources of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import NoPrice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context, Usage
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage | NoPrice]:
    """It runs once a change, and how often something changes in a month nobody can tell.

    Args:
        resource: The job.
        context: What is assumed, and the specification.
    """
    del resource, context
    yield NoPrice("job", "it is billed when it runs, once for each change of what it is made from")
