"""Events of model versions between the account of a registry and those that use it: both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.placement import Placement
from mlstack_components.aws.version_events import registry_bus_arn

from mlstack_stacks.naming import Names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pulumi

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import EnvironmentSpec


def declare_forwarding(environment: Environment, users: Sequence[EnvironmentSpec]) -> None:
    """Declares what tells other accounts of the versions of this environment's registry.

    Args:
        environment: The environment, or one model of it.
        users: The environments in other accounts that hear of them.
    """
    from mlstack_components.aws.event_forwarding import EventForwarding, EventForwardingArgs

    receivers = {
        each.environment: registry_bus_arn(Placement(each.account, each.region), _prefix(each)) for each in users
    }
    EventForwarding(
        environment.prefix,
        EventForwardingArgs(
            placement=environment.placement,
            model_package_group_name=environment.names.model_package_group,
            receivers=receivers,
            encryption_key_arn=environment.key.arn,
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
        ),
        environment.options,
    )


def registry_bus(environment: Environment) -> pulumi.Output[str]:
    """The name of the bus that hears of other accounts' versions; declared when it is first asked for.

    Args:
        environment: The environment, of all models where the project has several.
    """
    if environment.registry_bus is None:
        from mlstack_components.aws.registry_events import RegistryEvents, RegistryEventsArgs

        used = environment.models.values() or (environment,)
        owners = dict.fromkeys(each.registry_of.account for each in used if each.registry_elsewhere)
        made = RegistryEvents(
            environment.prefix,
            RegistryEventsArgs(placement=environment.placement, owner_accounts=list(owners), tags=environment.tags),
            environment.options,
        )
        environment.registry_bus = made.bus_name
    return environment.registry_bus


def _prefix(spec: EnvironmentSpec) -> str:
    """What the names begin with of an environment, which its models share."""
    return Names(spec.name, spec.environment).resource_prefix
