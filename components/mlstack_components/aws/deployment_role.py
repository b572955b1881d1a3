"""The name of the role by which continuous integration deploys an environment, for those that let it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

ROLE_PATH = "/mlstack/ci/"
"""Where the roles are, apart from those that they may change: no role deploys its own rights."""


def deploy_role_name(prefix: str) -> str:
    """Return the name of the role.

    Args:
        prefix: What the names of the environment's resources begin with, at most 40 characters.
    """
    return f"mlstack-deploy-{prefix}"


def deploy_role_arn(placement: Placement, prefix: str) -> str:
    """Return the ARN of the role, whether it is there or not.

    Args:
        placement: The account and region.
        prefix: What the names of the environment's resources begin with.
    """
    return f"arn:{placement.partition}:iam::{placement.account}:role{ROLE_PATH}{deploy_role_name(prefix)}"
