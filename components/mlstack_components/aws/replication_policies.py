"""What S3 may do to copy objects from one region to another, as pure functions.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html and, for keys,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.aws.policies import document, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement


@dataclass(frozen=True)
class ReplicatedBucket:
    """A bucket and its copy.

    Attributes:
        original_arn: The ARN of the bucket.
        replica_arn: The ARN of the copy.
    """

    original_arn: str
    replica_arn: str


def replication_trust() -> str:
    """Return who may assume the role that copies: S3.

    S3's documentation has no condition on the account here, and with one that S3 does not meet it would copy nothing
    without a word. No other account can make S3 use the role: who configures a bucket with it must be allowed to pass
    it, which only principals of the role's own account can be.
    """
    return document(statement("AssumedByS3", ["sts:AssumeRole"], principal={"Service": "s3.amazonaws.com"}))


def replication_policy(
    placement: Placement,
    there: Placement,
    buckets: Sequence[ReplicatedBucket],
    encryption_key_arn: str,
    replica_key_arn: str,
) -> str:
    """Return what the role that copies may do: read the originals, write the copies, and no deletion.

    Args:
        placement: Where the originals are.
        there: Where the copies are.
        buckets: The originals and their copies.
        encryption_key_arn: The key of the originals.
        replica_key_arn: The key of the copies.
    """
    originals = [each.original_arn for each in buckets]
    replicas = [each.replica_arn for each in buckets]
    versions = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    return document(
        statement("ReadConfiguration", ["s3:GetReplicationConfiguration", "s3:ListBucket"], originals),
        statement("ReadVersions", versions, [f"{arn}/*" for arn in originals]),
        statement("WriteCopies", ["s3:ReplicateObject", "s3:ReplicateTags"], [f"{arn}/*" for arn in replicas]),
        statement("DecryptOriginals", ["kms:Decrypt"], encryption_key_arn, condition=_through_s3(placement, originals)),
        statement(
            "EncryptCopies",
            ["kms:Encrypt", "kms:GenerateDataKey"],
            replica_key_arn,
            condition=_through_s3(there, replicas),
        ),
    )


def _through_s3(placement: Placement, bucket_arns: Sequence[str]) -> dict[str, dict[str, object]]:
    # With a bucket key the context of the encryption is the bucket, without one the object.
    contexts = [arn for bucket in bucket_arns for arn in (bucket, f"{bucket}/*")]
    return {
        "StringEquals": {"kms:ViaService": f"s3.{placement.region}.{placement.domain}"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": contexts},
    }
