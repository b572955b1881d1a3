"""Buckets keep versions and an access log, have a lifecycle, and are not deleted with data (S3.9, .13, .14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import receives_logs

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory

PARTS = {
    "aws:s3/bucketVersioning:BucketVersioning": "keeps no versions.",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "has no lifecycle.",
    "aws:s3/bucketLogging:BucketLogging": "keeps no access log.",
}
_LOGGING = "aws:s3/bucketLogging:BucketLogging"


def broken(inventory: Inventory) -> Broken:
    """Finds buckets without one of these; a log of the bucket of access logs would never end, so it has none."""
    for bucket in inventory.of("aws:s3/bucket:Bucket"):
        for part, message in PARTS.items():
            excepted = part == _LOGGING and receives_logs(bucket)
            if not excepted and inventory.beside(bucket, part) is None:
                yield bucket, message
        if bucket.properties.get("forceDestroy"):
            yield bucket, "is deleted with all of its data."
