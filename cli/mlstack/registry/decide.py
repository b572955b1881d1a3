"""Approving and rejecting: which version is meant, and what is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.cloud.errors import explained
from mlstack.registry.packages import decide, describe, list_versions
from mlstack.registry.versions import APPROVED, find_version, newest_pending, require_any

if TYPE_CHECKING:
    from mlstack.cloud.deployment import Deployment
    from mlstack.registry.versions import ModelVersion
    from mlstack.release.pointer import Release


def decide_version(
    deployment: Deployment, number: int | None, approval: str, reason: str | None
) -> tuple[ModelVersion, bool]:
    """Approve or reject a version.

    Args:
        deployment: The environment.
        number: The version; the newest that waits for a decision where None.
        approval: `Approved` or `Rejected`.
        reason: Why, or None.

    Returns:
        The version as it is now, with its metrics, and whether that changed anything.

    Raises:
        UserError: There is no such version.
        MlstackError: None waits, or it is not complete and so can't be approved.
    """
    sagemaker = deployment.session.client("sagemaker")
    with explained(deployment.spec):
        versions = list_versions(sagemaker, deployment.group_name)
        require_any(versions, deployment.address)
        verb = "approve" if approval == APPROVED else "reject"
        version = (
            newest_pending(versions, deployment.address, verb) if number is None else find_version(versions, number)
        )
        if approval == APPROVED and version.status != "Completed":
            raise MlstackError(f"Model version {version.version} is {version.status}, so it cannot be approved.")
        changed = version.approval != approval
        if changed:
            decide(sagemaker, version, approval, reason)
        return describe(deployment.session, version.arn), changed


def released_arn(deployment: Deployment) -> str | None:
    """The model package that the environment should serve, or None."""
    return read_release(deployment).model_package_arn


def read_release(deployment: Deployment) -> Release:
    """What the environment should serve."""
    from mlstack.release.pointer import Release, ReleasePointer

    path = deployment.outputs.release_parameter_path
    return Release() if path is None else ReleasePointer(deployment.session.client("ssm"), path).read()
