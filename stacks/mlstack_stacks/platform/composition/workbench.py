"""The part `workbench`: the domain and the profiles of data scientists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.workbench import Workbench as Domain
from mlstack_components.aws.workbench import WorkbenchArgs

if TYPE_CHECKING:
    from mlstack_stacks.platform.composition.environment import PlatformEnvironment
    from mlstack_stacks.platform.workbench import Workbench


def declare(workbench: Workbench, environment: PlatformEnvironment) -> dict[str, Any]:
    """Declares the domain and the profiles.

    Args:
        workbench: The specification's part.
        environment: The platform's environment.

    Returns:
        The outputs, by name.
    """
    network = environment.network
    if network is None:  # The specification has a network, which is declared before.
        raise AssertionError
    made = Domain(
        environment.prefix,
        WorkbenchArgs(
            placement=environment.placement,
            domain_name=environment.names.workbench,
            users=workbench.users,
            vpc_id=network["vpc_id"],
            subnet_ids=network["subnet_ids"],
            security_group_ids=network["security_group_ids"],
            encryption_key_arn=environment.key.arn,
            instance_types=workbench.instance_types,
            idle_minutes=workbench.idle_shutdown_minutes,
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
        ),
        environment.options_in_network,
    )
    return {
        "workbench_domain_id": made.domain_id,
        "workbench_url": made.url,
        "workbench_role_arns": made.role_arns,
    }
