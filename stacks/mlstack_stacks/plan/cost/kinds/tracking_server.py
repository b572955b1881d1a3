"""MLflow tracking servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import NoPrice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(_resource: PlannedResource, _context: Context) -> Iterator[NoPrice]:
    """What is billed, of which nothing is counted.

    Args:
        _resource: The resource.
        _context: What is assumed.
    """
    yield NoPrice("server and storage", "billed by the hour and by size, and mlstack has no price of it")
