"""Endpoint configurations have a key for volumes and for captured calls (SageMaker.4, CKV_AWS_98)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import inside

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds configurations without; a serverless endpoint has no volume that a key could be given for."""
    for each in inventory.of("aws:sagemaker/endpointConfiguration:EndpointConfiguration"):
        variants = each.properties.get("productionVariants") or []
        serverless = bool(variants) and all(variant.get("serverlessConfig") for variant in variants)
        if not each.properties.get("kmsKeyArn") and not serverless:
            yield each, "has no key for its volumes."
        captures = each.properties.get("dataCaptureConfig")
        if captures and not inside(captures, "kmsKeyId"):
            yield each, "captures calls without a key."
