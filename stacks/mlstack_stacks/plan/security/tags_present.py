"""What has tags has the project's, the environment's, the owner's and the template's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory

REQUIRED = ("mlstack:project", "mlstack:environment")


def broken(inventory: Inventory) -> Broken:
    """Finds resources whose tags leave one out; what says no tags at all gets the provider's."""
    for each in inventory.resources:
        tags = each.properties.get("tags")
        missing = [name for name in REQUIRED if isinstance(tags, dict) and name not in tags]
        if each.custom and missing:
            yield each, f"has no tag {' and '.join(missing)}."
