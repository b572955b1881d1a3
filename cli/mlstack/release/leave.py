"""What becomes of the version that a rollback left: the next release must not serve it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.cloud.aws import AwsSession
from mlstack.cloud.errors import explained
from mlstack.registry.packages import decide, describe, who_and_why
from mlstack.registry.stages import decide_stage, seen_from
from mlstack.registry.versions import APPROVED, REJECTED, in_environment, version_of

if TYPE_CHECKING:
    from mlstack.cloud.deployment import Deployment


class StillApprovedError(MlstackError):
    """The rollback is done, and the version that it left could not be rejected."""

    code = "still-approved"


def reject_left(deployment: Deployment, arn: str, reason: str) -> None:
    """Reject the version that a rollback left, in the registry that has it.

    Args:
        deployment: The environment that was rolled back.
        arn: The version.
        reason: Why.

    Raises:
        StillApprovedError: The registry is another account's, and these keys may not write there.
    """
    source, stage = deployment.spec.registry_source, deployment.stage
    if source is None or stage is None:
        with explained(deployment.spec):
            version = describe(deployment.session, arn, metrics=False)
            if version.approval == APPROVED:
                decide(deployment.session.client("sagemaker"), version, REJECTED, reason)
        return
    try:
        with explained(source):
            session = AwsSession.for_environment(source)
            version = describe(session, arn, metrics=False)
            if seen_from(version, stage).approval == APPROVED:
                decide_stage(session.client("sagemaker"), version, stage, REJECTED, who_and_why(REJECTED, reason))
    except MlstackError as error:
        number = version_of(arn)
        raise StillApprovedError(
            f"`{stage}` is rolled back, and model version {number} is still approved for it, so the next release would "
            f"serve it again. {error.message}",
            next_step=f"With keys of account {source.account}, run "
            f"`{in_environment(f'models reject {number}', stage)}`.",
        ) from error
