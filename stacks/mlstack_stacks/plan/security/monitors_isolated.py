"""Definitions of monitors encrypt volumes, outputs and traffic (SageMaker.9 to .15, CKV_AWS_367 to 369)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import inside

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds definitions that break one of these."""
    for each in inventory.of("aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition"):
        if not inside(each.properties, "networkConfig", "enableInterContainerTrafficEncryption"):
            yield each, "does not encrypt the traffic between its containers."
        if not inside(each.properties, "jobResources", "clusterConfig", "volumeKmsKeyId"):
            yield each, "has no key for its volumes."
        if not inside(each.properties, "dataQualityJobOutputConfig", "kmsKeyId"):
            yield each, "writes its report without a key."
