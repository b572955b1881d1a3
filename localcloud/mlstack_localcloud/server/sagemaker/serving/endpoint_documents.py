"""The stored document of an endpoint: how it is shown, and what updates make of it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.serving.deployment import Deployment
from mlstack_localcloud.server.sagemaker.store import now

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
    return {**endpoint, **_capture(endpoint), "ProductionVariants": variants}


def _capture(endpoint: Document) -> Document:
    config = endpoint["_deployment"].get("capture")
    if config is None:
        return {}
    enabled = bool(config.get("EnableCapture"))
    summary = {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }
    return {"DataCaptureConfig": summary}


def begin_update(endpoint: Document, deployment: Deployment, config: Document | None) -> None:
    """Note that an endpoint is being updated.

    Args:
        endpoint: The endpoint.
        deployment: What it shall serve.
        config: The DeploymentConfig of the update, or None.

    Raises:
        ServiceError: It is being changed already.
    """
    if endpoint["EndpointStatus"] != "InService":
        raise busy(endpoint)
    endpoint.pop("FailureReason", None)
    endpoint["EndpointStatus"] = "Updating"
    endpoint["_pending"] = deployment.document()
    endpoint["PendingDeploymentSummary"] = {"EndpointConfigName": deployment.config, "StartTime": now()}
    if config is not None:
        endpoint["LastDeploymentConfig"] = endpoint["_deployment_config"] = config


def show_progress(endpoint: Document, deployment: Deployment, stage: str, share: float) -> None:
    """Note how far an update has come (PendingDeploymentSummary).

    Args:
        endpoint: The endpoint.
        deployment: What it shall serve.
        stage: The VariantStatus of the new variants.
        share: Their share of the calls, 0 to 1.
    """
    status = {"Status": stage, "StatusMessage": f"{share:.0%} of the traffic", "StartTime": now()}
    summary = endpoint.setdefault("PendingDeploymentSummary", {"EndpointConfigName": deployment.config})
    summary["ProductionVariants"] = [
        {
            "VariantName": variant.name,
            "CurrentWeight": variant.weight * share,
            "DesiredWeight": variant.weight,
            "CurrentInstanceCount": 0 if stage == "Creating" else variant.instances,
            "DesiredInstanceCount": variant.instances,
            "VariantStatus": [status],
        }
        for variant in deployment.variants
    ]


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
    return replace(deployment, identifier=secrets.token_hex(6), variants=variants)


def end_update(endpoint: Document) -> None:
    """Forget the update of an endpoint that has come to its end."""
    for member in ("_pending", "_deployment_config", "PendingDeploymentSummary"):
        endpoint.pop(member, None)


def busy(endpoint: Document) -> Exception:
    """Return the error of a change of an endpoint that is being changed."""
    return validation_error(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')
