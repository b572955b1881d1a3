"""The rules that every resource meets, whichever stack or program registers it. Each is one file, named as the rule.

A rule is a function from what a plan registers to sentences on the resources that do not meet it. Its exceptions are
in its file, each with its reason. What only the cloud can tell counts as given.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn
from mlstack_stacks.plan.security.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlstack_stacks.plan.resources import PlannedResource

RULES: tuple[str, ...] = (
    "alarms_act",
    "buckets_closed",
    "buckets_encrypted",
    "buckets_kept",
    "builds_unprivileged",
    "endpoints_encrypted",
    "events_dead_letters",
    "features_encrypted",
    "images_immutable",
    "keys_rotate",
    "logs_encrypted",
    "messages_encrypted",
    "models_isolated",
    "monitors_isolated",
    "network_closed",
    "roles_scoped",
    "tags_present",
)
"""The rules, each a module here with a function `broken`."""


def run_rules(resources: Iterable[PlannedResource]) -> tuple[Warn, ...]:
    """What of a plan breaks a rule, as warnings of the rules' names.

    Args:
        resources: What the plan registers.
    """
    inventory = Inventory(tuple(resources))
    return tuple(
        Warn(rule, f"{resource.name} ({resource.short_type}) {message}")
        for rule in RULES
        for resource, message in import_module(f"{__name__}.{rule}").broken(inventory)
    )
