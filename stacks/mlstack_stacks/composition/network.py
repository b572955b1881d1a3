"""The part `network`: where jobs and models are placed, made for the environment or there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

if TYPE_CHECKING:
    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import Network


def declare(network: Network, environment: Environment) -> dict[str, Any]:
    """Places all work that is declared after it in the network.

    Args:
        network: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    if network.zones is None:
        return _there_already(network, environment)
    from mlstack_components.aws.private_network import PrivateNetwork, PrivateNetworkArgs

    made = PrivateNetwork(
        environment.prefix,
        PrivateNetworkArgs(
            placement=environment.placement,
            cidr=network.cidr,
            zones=network.zones,
            encryption_key_arn=environment.key.arn,
            secrets=bool(environment.spec.secrets),
            tracking=environment.spec.tracking is not None,
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
        ),
        environment.options,
    )
    environment.network = made.network
    # What runs in it needs its endpoints and rules too, and they go after what runs in it.
    environment.options_in_network = pulumi.ResourceOptions(parent=environment.parent, depends_on=[made])
    return {
        "vpc_id": made.vpc_id,
        "subnet_ids": made.subnet_ids,
        "security_group_ids": made.security_group_id.apply(lambda group: [group]),
    }


def _there_already(network: Network, environment: Environment) -> dict[str, Any]:
    from mlstack_components.aws.network import Network as Place

    environment.network = place = Place(network.subnets or (), network.security_groups or ())
    return {
        "vpc_id": network.vpc,
        "subnet_ids": list(place.subnet_ids),
        "security_group_ids": list(place.security_group_ids),
    }
