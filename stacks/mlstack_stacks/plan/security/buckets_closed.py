"""Buckets are closed to the public, have no ACLs, and take encrypted calls alone (S3.1, .2, .3, .5, .8, .17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import inside

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory

BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def broken(inventory: Inventory) -> Broken:
    """Finds buckets without one of these."""
    for bucket in inventory.of("aws:s3/bucket:Bucket"):
        access = inventory.beside(bucket, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
        missing = [each for each in BLOCKS if access is None or access.properties.get(each) is not True]
        if missing:
            yield bucket, f"does not block public access ({', '.join(missing)})."
        owner = inventory.beside(bucket, "aws:s3/bucketOwnershipControls:BucketOwnershipControls")
        if owner is None or inside(owner.properties, "rule", "objectOwnership") != "BucketOwnerEnforced":
            yield bucket, "has ACLs."
        if inventory.beside(bucket, "aws:s3/bucketPolicy:BucketPolicy") is None:
            yield bucket, "has no policy that refuses unencrypted calls."
