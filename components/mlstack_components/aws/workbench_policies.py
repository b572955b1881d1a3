"""What the role of a data scientist's profile may do, as pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.policies import document, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement

_CONTROLLER = "system"
"""What AWS calls the machine that runs a space's own services; it can't be chosen, so it is always allowed
(https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html)."""


def allowed_types(instance_types: Sequence[str]) -> list[str]:
    """Return the instance types as a policy's condition has them.

    Args:
        instance_types: Those that notebooks may run on.
    """
    return [*instance_types, _CONTROLLER]


def app_policy(placement: Placement, domain_id: str, user: str, instance_types: Sequence[str], key_arn: str) -> str:
    """Return the rights to start and stop notebooks of the allowed types in spaces of one's own.

    Args:
        placement: The account and region.
        domain_id: The domain.
        user: The profile's name.
        instance_types: As `allowed_types` gives them.
        key_arn: The key of home directories and volumes.
    """
    profile = placement.arn("sagemaker", f"user-profile/{domain_id}/{user}")
    spaces = placement.arn("sagemaker", f"space/{domain_id}/*")
    apps = placement.arn("sagemaker", f"app/{domain_id}/*")
    own = {"ArnLike": {"sagemaker:OwnerUserProfileArn": profile}}
    return document(
        statement(
            "StartNotebooks",
            ["sagemaker:CreateApp"],
            apps,
            condition={**own, "ForAllValues:StringEquals": {"sagemaker:InstanceTypes": list(instance_types)}},
        ),
        statement("StopNotebooks", ["sagemaker:DeleteApp"], apps, condition=own),
        statement(
            "KeepSpaces",
            ["sagemaker:CreateSpace", "sagemaker:DeleteSpace", "sagemaker:UpdateSpace"],
            spaces,
            condition={**own, "StringEquals": {"sagemaker:SpaceSharingType": ["Private"]}},
        ),
        statement(
            "ReadDomain",
            [
                "sagemaker:DescribeApp",
                "sagemaker:DescribeDomain",
                "sagemaker:DescribeSpace",
                "sagemaker:DescribeUserProfile",
            ],
            [placement.arn("sagemaker", f"domain/{domain_id}"), profile, spaces, apps],
        ),
        # Lists name no resource (https://docs.aws.amazon.com/service-authorization/latest/reference/).
        statement("ListNotebooks", ["sagemaker:ListApps", "sagemaker:ListSpaces"], "*"),
        statement("UseKey", ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], key_arn),
        statement(
            "AttachEncryptedVolumes",
            ["kms:CreateGrant"],
            key_arn,
            condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    )
