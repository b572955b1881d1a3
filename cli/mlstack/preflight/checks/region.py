"""Whether the region is enabled for the account, and SageMaker answers there.

EC2 tells whether a region is enabled; whoever may not ask it learns it from SageMaker, which knows no keys of a region
that is not. (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack.cloud.errors import error_code
from mlstack.preflight.outcome import Outcome, Result

if TYPE_CHECKING:
    from mlstack.cloud.aws import AwsSession
    from mlstack.preflight.subject import Subject

_DISABLED = "not-opted-in"
_NOT_KNOWN_THERE = frozenset({"InvalidClientTokenId", "UnrecognizedClientException"})


def check(subject: Subject) -> Outcome:
    """Asks the region.

    Args:
        subject: The environment.
    """
    from botocore.exceptions import ClientError, ConnectionError  # noqa: A004 - its name

    session, region = subject.require_session(), subject.spec.region
    disabled = Outcome(
        Result.FAILURE,
        f"The region {region} is not enabled for account {session.account}.",
        f"Enable it (`aws account enable-region --region-name {region}`), or choose another region in mlstack.yaml.",
    )
    # In the local cloud every region is enabled, and its EC2 would be loaded only to say so.
    if not subject.spec.is_local and _opt_in(session, region) == _DISABLED:
        return disabled
    try:
        session.client("sagemaker").list_model_package_groups(MaxResults=1)
    except ClientError as error:
        if error_code(error) in _NOT_KNOWN_THERE:
            return disabled
        raise
    except ConnectionError:
        return Outcome(
            Result.FAILURE,
            f"SageMaker does not answer in {region}.",
            "Check the network and whether the region has SageMaker, or choose another region in mlstack.yaml.",
        )
    return Outcome.ok(f"{region} is enabled, and SageMaker answers there.")


def _opt_in(session: AwsSession, region: str) -> str | None:
    """How the account stands to the region; None where EC2 does not tell."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = session.client("ec2").describe_regions(RegionNames=[region], AllRegions=True)["Regions"]
    except (BotoCoreError, ClientError):
        return None
    return str(found[0].get("OptInStatus", "")) if found else _DISABLED
