"""The part `network`: where the jobs and models of all projects are placed, made for them or there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

if TYPE_CHECKING:
    from mlstack_stacks.platform.composition.environment import PlatformEnvironment
    from mlstack_stacks.platform.spec import PlatformNetwork


def declare(network: PlatformNetwork, environment: PlatformEnvironment) -> dict[str, Any]:
    """Declares the network.

    Args:
        network: The specification's part.
        environment: The platform's environment.

    Returns:
        The outputs, by name.
    """
    environment.network = _ids(network, environment)
    return environment.network


def _ids(network: PlatformNetwork, environment: PlatformEnvironment) -> dict[str, Any]:
    if network.zones is None:
        groups = list(network.security_groups or ())
        return {"vpc_id": network.vpc, "subnet_ids": list(network.subnets or ()), "security_group_ids": groups}
    from mlstack_components.aws.private_network import PrivateNetwork, PrivateNetworkArgs

    made = PrivateNetwork(
        environment.prefix,
        PrivateNetworkArgs(
            placement=environment.placement,
            cidr=network.cidr,
            zones=network.zones,
            encryption_key_arn=environment.key.arn,
            secrets=network.secrets,
            tracking=environment.spec.tracking is not None,
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
        ),
        environment.options,
    )
    # Notebooks need its endpoints and rules too, and they go after the notebooks.
    environment.options_in_network = pulumi.ResourceOptions(parent=environment.parent, depends_on=[made])
    return {
        "vpc_id": made.vpc_id,
        "subnet_ids": made.subnet_ids,
        "security_group_ids": made.security_group_id.apply(lambda group: [group]),
    }
