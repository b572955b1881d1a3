"""What the state bucket and its key should be, as pure data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.key_actions import KEY_ADMINISTRATION, KEY_USE
from mlstack_components.aws.policies import document, require_tls, statement
from mlstack_components.aws.tags import project_tags
from mlstack_stacks.state_backend import STATE_TAG

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

    from mlstack.engine.backend import StateBackend

NONCURRENT_DAYS = 90
"""For how many days a former state can be brought back."""
ABORTED_UPLOAD_DAYS = 7

_NO_PREFIX = {"Prefix": ""}


def tags(backend: StateBackend) -> dict[str, str]:
    """The tags of bucket and key; they belong to no project, as all projects of the account share them.

    Args:
        backend: The backend.
    """
    common = project_tags(project="mlstack-bootstrap", environment="shared", owner="platform")
    return {**common, STATE_TAG: backend.place}


def key_policy(placement: Placement) -> str:
    """Who may administer and use the key: the account, which hands its use on through IAM policies.

    Args:
        placement: The account and region.
    """
    account = {"AWS": placement.account_principal}
    return document(
        statement("AccountAdministers", KEY_ADMINISTRATION, "*", principal=account),
        statement("AccountDelegatesUse", KEY_USE, "*", principal=account),
    )


def bucket_policy(backend: StateBackend, placement: Placement, key_arn: str) -> str:
    """What nobody may do with the bucket: talk to it in plain, or store what its key does not encrypt.

    A put without a word on encryption is encrypted with the bucket's key, as its default says. One that names only
    `aws:kms` would be encrypted with S3's own key, so what names an algorithm must name the key too.
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html)

    Args:
        backend: The backend.
        placement: The account and region.
        key_arn: The key.
    """
    arn = f"arn:{placement.partition}:s3:::{backend.bucket}"
    header = "s3:x-amz-server-side-encryption"
    return document(
        require_tls(["s3:*"], [arn, f"{arn}/*"]),
        _refuse_put(
            "RefuseOtherKeys",
            arn,
            {"Null": {header: "false"}, "StringNotEquals": {f"{header}-aws-kms-key-id": key_arn}},
        ),
        _refuse_put("RefuseCustomerKeys", arn, {"Null": {f"{header}-customer-algorithm": "false"}}),
    )


def _refuse_put(sid: str, bucket_arn: str, condition: dict[str, dict[str, str]]) -> dict[str, Any]:
    return statement(
        sid, ["s3:PutObject"], f"{bucket_arn}/*", effect="Deny", principal={"AWS": "*"}, condition=condition
    )


def encryption(key_arn: str) -> dict[str, Any]:
    """The bucket's default encryption.

    Args:
        key_arn: The key.
    """
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}


PUBLIC_ACCESS_BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)

OWNERSHIP = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

LIFECYCLE_RULES: tuple[dict[str, Any], ...] = (
    {
        "ID": "unfinished-uploads",
        "Status": "Enabled",
        "Filter": _NO_PREFIX,
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORTED_UPLOAD_DAYS},
    },
    {
        "ID": "former-versions",
        "Status": "Enabled",
        "Filter": _NO_PREFIX,
        "NoncurrentVersionExpiration": {"NoncurrentDays": NONCURRENT_DAYS},
    },
    # Each update leaves the delete marker of its lock.
    {
        "ID": "lone-delete-markers",
        "Status": "Enabled",
        "Filter": _NO_PREFIX,
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    },
)
