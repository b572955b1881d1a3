"""The part `cost_tags`: the tags that costs are counted by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.cost_allocation_tags import CostAllocationTags, CostAllocationTagsArgs

if TYPE_CHECKING:
    from mlstack_stacks.platform.composition.environment import PlatformEnvironment


def declare(cost_tags: tuple[str, ...], environment: PlatformEnvironment) -> dict[str, Any]:
    """Declares the tags.

    Args:
        cost_tags: The specification's part.
        environment: The platform's environment.

    Returns:
        The outputs, by name: none.
    """
    CostAllocationTags(environment.prefix, CostAllocationTagsArgs(keys=cost_tags), environment.options)
    return {}
