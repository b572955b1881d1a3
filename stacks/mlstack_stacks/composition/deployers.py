"""Who may say what a release by itself runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_stacks.composition.environment import Environment


def deployers(environment: Environment) -> list[str]:
    """Who may record the infrastructure of an environment, by ARN; nobody where no release runs by itself.

    Args:
        environment: The environment.
    """
    part = environment.spec.continuous_deployment
    if part is None:
        return []
    from mlstack_components.aws.deployment_role import deploy_role_arn

    role = deploy_role_arn(environment.placement, environment.prefix)
    return [environment.placement.account_principal, role, *part.deployers]
