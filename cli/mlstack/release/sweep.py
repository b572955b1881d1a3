"""Which retained models and endpoint configurations nothing refers to any more.

Pulumi forgets them when a release replaces them (`retain_on_delete`), so that SageMaker can still roll back to them.
Once the new version is proven, they are rubbish.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Inventory:
    """What of one project and environment exists, and what is in use.

    Attributes:
        configurations: The models of each endpoint configuration of this project and environment, by name.
        models: The names of this project's and environment's models.
        configurations_in_use: Endpoint configurations that an endpoint of the account runs, or Pulumi's state holds.
        models_in_use: Models of others' endpoint configurations, and those that Pulumi's state holds.
    """

    configurations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    models: frozenset[str] = frozenset()
    configurations_in_use: frozenset[str] = frozenset()
    models_in_use: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sweep:
    """What to delete, configurations first.

    Attributes:
        configurations: Endpoint configurations, sorted.
        models: Models, sorted.
    """

    configurations: tuple[str, ...]
    models: tuple[str, ...]


def plan_sweep(inventory: Inventory) -> Sweep:
    """Decide what nothing refers to.

    Args:
        inventory: What exists and what is used.

    Returns:
        The configurations that no endpoint and no state refers to, and the models that no remaining configuration
        and no state refers to.
    """
    configurations = inventory.configurations.keys() - inventory.configurations_in_use
    kept = inventory.configurations.keys() - configurations
    used = inventory.models_in_use.union(*(inventory.configurations[name] for name in kept))
    return Sweep(tuple(sorted(configurations)), tuple(sorted(inventory.models - used)))
