"""Buckets are encrypted with the project's key (S3.17, CKV_AWS_145)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import receives_logs

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds buckets that are not; those that S3 delivers access logs to are excepted, which take no KMS key."""
    for bucket in inventory.of("aws:s3/bucket:Bucket"):
        made = inventory.beside(
            bucket,
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        )
        rules = [] if made is None else made.properties.get("rules", [])
        default = rules[0].get("applyServerSideEncryptionByDefault", {}) if rules else {}
        if not default.get("kmsMasterKeyId") and not (
            receives_logs(bucket) and default.get("sseAlgorithm") == "AES256"
        ):
            yield bucket, "is not encrypted with a key of the project."
