"""Models and training jobs have network isolation (SageMaker.5, CKV_AWS_370, 371)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import inside

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds models and jobs without."""
    for model in inventory.of("aws:sagemaker/model:Model"):
        if not model.properties.get("enableNetworkIsolation"):
            yield model, "runs without network isolation."
    for job in inventory.of("aws:sagemaker/trainingJob:TrainingJob"):
        if not job.properties.get("enableInterContainerTrafficEncryption"):
            yield job, "does not encrypt the traffic between its containers."
        if not inside(job.properties, "outputDataConfig", "kmsKeyId"):
            yield job, "writes its model without a key."
