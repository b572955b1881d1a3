"""What is allowed in a specification and still worth a look. Each check is one file, named as its rule.

A check is a function from the specification of an environment to warnings; it asks no cloud.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_stacks.plan.resources import Warn
    from mlstack_stacks.spec import EnvironmentSpec

CHECKS: tuple[str, ...] = (
    "idle_monitors",
    "local_image",
    "local_tuning",
    "gates_without_registry",
    "no_gates",
    "no_owner",
    "no_recipients",
    "package_versions",
    "python_version",
    "secrets_without_isolation",
    "serving_without_registry",
    "silent_notifications",
    "single_instance",
    "unwatched_rollout",
    "tracking_without_isolation",
    "steps_without_data",
)
"""The rules, each a module here with a function `check`."""


def run_checks(spec: EnvironmentSpec) -> tuple[Warn, ...]:
    """What all checks find.

    Args:
        spec: The specification of the environment.
    """
    modules = [import_module(f"{__name__}.{rule}") for rule in CHECKS]
    found = [warning for module in modules for view in spec.views().values() for warning in module.check(view)]
    return tuple(dict.fromkeys(found))
