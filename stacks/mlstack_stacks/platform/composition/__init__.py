"""Which components a platform consists of, and how they fit together; as `mlstack_stacks.composition` for a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.composition.parts import declare_parts
from mlstack_stacks.platform.composition.environment import PlatformEnvironment
from mlstack_stacks.platform.outputs import PlatformOutputs

if TYPE_CHECKING:
    import pulumi

    from mlstack_stacks.platform.spec import PlatformSpec

PARTS = (
    "network",
    "logs",
    "notifications",  # before what tells its topic
    "budget",
    "cost_tags",
    "tracking",
    "workbench",
    "continuous_integration",
)
"""The parts of platform.yaml that declare resources, each a module of this package, in the order of declaration."""


def compose(spec: PlatformSpec, parent: pulumi.Resource) -> PlatformOutputs:
    """Declares everything that a platform consists of.

    Args:
        spec: The specification of the environment.
        parent: The component that everything belongs to.

    Returns:
        What was declared.
    """
    environment = PlatformEnvironment(spec, parent)
    outputs = declare_parts(__name__, PARTS, spec, environment)
    return PlatformOutputs(
        encryption_key_arn=environment.key.arn,
        permissions_boundary_arn=environment.boundary,
        region=spec.region,
        account=spec.account,
        **outputs,
    )
