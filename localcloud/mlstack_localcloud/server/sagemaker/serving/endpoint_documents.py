"""The stored document of an endpoint: how it is shown, and what updates make of it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.serving.deployment import Deployment

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document


def shown(endpoint: Document) -> Document:
    """Return an endpoint as Describe answers it, with its variants."""
    serves = endpoint["EndpointStatus"] in {"InService", "Updating", "RollingBack"}
    variants = []
    for variant in Deployment.of(endpoint["_deployment"]).variants:
        image = variant.container.get("Image", "")
        shown: Document = {
            "VariantName": variant.name,
            "DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image}],
            "DesiredWeight": variant.weight,
            "DesiredInstanceCount": variant.instances,
        }
        if serves:
            shown.update(CurrentWeight=variant.weight, CurrentInstanceCount=variant.instances)
        variants.append(shown)
    return {**endpoint, "ProductionVariants": variants}


def retained(endpoint: Document, request: Document) -> dict[str, Any]:
    """Return, by variant, what an update keeps of weights and instance counts (RetainAllVariantProperties)."""
    if not request.get("RetainAllVariantProperties"):
        return {}
    excluded = {entry["VariantPropertyType"] for entry in request.get("ExcludeRetainedVariantProperties", [])}
    names = {"DesiredWeight": "weight", "DesiredInstanceCount": "instances"}
    return {
        variant["name"]: {name: variant[name] for kind, name in names.items() if kind not in excluded}
        for variant in endpoint["_deployment"]["variants"]
    }


def scaled(endpoint: Document, wanted: list[Document]) -> Deployment:
    """Return an endpoint's deployment with other weights and instance counts.

    Args:
        endpoint: The endpoint.
        wanted: The DesiredWeightsAndCapacities of the request.

    Raises:
        ServiceError: The endpoint has no variant of a name.
    """
    deployment = Deployment.of(endpoint["_deployment"])
    changes = {entry["VariantName"]: entry for entry in wanted}
    unknown = sorted(changes.keys() - {variant.name for variant in deployment.variants})
    if unknown:
        raise validation_error(f'The endpoint "{endpoint["EndpointArn"]}" has no variant {", ".join(unknown)}.')
    variants = tuple(
        replace(
            variant,
            weight=float(changes.get(variant.name, {}).get("DesiredWeight", variant.weight)),
            instances=int(changes.get(variant.name, {}).get("DesiredInstanceCount", variant.instances)),
        )
        for variant in deployment.variants
    )
    return Deployment(secrets.token_hex(6), deployment.config, variants)


def end_update(endpoint: Document) -> None:
    """Forget the update of an endpoint that has come to its end."""
    endpoint.pop("_pending", None)
    endpoint.pop("PendingDeploymentSummary", None)


def busy(endpoint: Document) -> Exception:
    """Return the error of a change of an endpoint that is being changed."""
    return validation_error(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')
