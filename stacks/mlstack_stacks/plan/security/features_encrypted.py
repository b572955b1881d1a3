"""Feature groups have a key on both stores (SageMaker.17, CKV_AWS_367)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import inside

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds groups whose online or offline store has none."""
    for group in inventory.of("aws:sagemaker/featureGroup:FeatureGroup"):
        given = group.properties
        if given.get("onlineStoreConfig") and not inside(given, "onlineStoreConfig", "securityConfig", "kmsKeyId"):
            yield group, "has an online store without a key."
        if given.get("offlineStoreConfig") and not inside(given, "offlineStoreConfig", "s3StorageConfig", "kmsKeyId"):
            yield group, "has an offline store without a key."
