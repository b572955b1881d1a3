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
    from mlstack_localcloud.server.sagemaker.serving.deployment import Variant


def shown(endpoint: Document) -> Document:
    """Return an endpoint as Describe answers it, with its variants."""
    serves = endpoint["EndpointStatus"] in {"InService", "Updating", "RollingBack"}
    deployment = Deployment.of(endpoint["_deployment"])
    members: Document = {"ProductionVariants": [_summary(each, serves) for each in deployment.variants]}
    if deployment.shadows:
        members["ShadowProductionVariants"] = [_summary(each, serves) for each in deployment.shadows]
    if deployment.asynchronous is not None:
        members["AsyncInferenceConfig"] = deployment.asynchronous
    return {**endpoint, **_capture(endpoint), **members}


def _summary(variant: Variant, serves: bool) -> Document:
    image = variant.container.get("Image", "")
    summary: Document = {
        "VariantName": variant.name,
        "DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image}],
        "DesiredWeight": variant.weight,
        **_capacity("Desired", variant),
    }
    if serves:
        summary.update(CurrentWeight=variant.weight, **_capacity("Current", variant))
    return summary


def _capacity(prefix: str, variant: Variant) -> Document:
    if variant.serverless:
        return {f"{prefix}ServerlessConfig": variant.serverless}
    return {f"{prefix}InstanceCount": variant.instances}


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
            **_capacity("Current", replace(variant, instances=0) if stage == "Creating" else variant),
            **_capacity("Desired", variant),
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
        for variant in (*endpoint["_deployment"]["variants"], *endpoint["_deployment"].get("shadows", ()))
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
    unknown = sorted(changes.keys() - {variant.name for variant in (*deployment.variants, *deployment.shadows)})
    if unknown:
        raise validation_error(f'The endpoint "{endpoint["EndpointArn"]}" has no variant {", ".join(unknown)}.')
    counts = [entry["DesiredInstanceCount"] for entry in wanted if "DesiredInstanceCount" in entry]
    if counts and deployment.kind == "serverless":
        raise validation_error("DesiredInstanceCount is not supported for serverless endpoints.")
    if 0 in counts and deployment.kind != "asynchronous":
        raise validation_error("Only asynchronous endpoints can have a DesiredInstanceCount of 0.")
    variants, shadows = (
        tuple(
            replace(
                variant,
                weight=float(changes.get(variant.name, {}).get("DesiredWeight", variant.weight)),
                instances=int(changes.get(variant.name, {}).get("DesiredInstanceCount", variant.instances)),
            )
            for variant in each
        )
        for each in (deployment.variants, deployment.shadows)
    )
    return replace(deployment, identifier=secrets.token_hex(6), variants=variants, shadows=shadows)


def end_update(endpoint: Document) -> None:
    """Forget the update of an endpoint that has come to its end."""
    for member in ("_pending", "_deployment_config", "PendingDeploymentSummary"):
        endpoint.pop(member, None)


def refuse_other_kind(endpoint: Document, deployment: Deployment) -> None:
    """Refuse an update that makes another kind of endpoint of one.

    AsyncInferenceConfig "cannot be removed from this endpoint" (github.com/aws/sagemaker-python-sdk/pull/3124), and an
    endpoint with instances becomes no serverless one
    (https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-update.html).

    Raises:
        ServiceError: The update does.
    """
    before, name = Deployment.of(endpoint["_deployment"]).kind, endpoint["EndpointName"]
    if before == deployment.kind:
        return
    if "asynchronous" in {before, deployment.kind}:
        change = "removed from" if before == "asynchronous" else "added to"
        raise validation_error(
            f"The AsyncInferenceConfig parameter cannot be {change} this endpoint {name}. To change the endpoint, "
            "delete it and create a new one."
        )
    raise validation_error(
        f"Updating the endpoint {name} from {before} to {deployment.kind} is not supported. Delete it and create a "
        "new one."
    )


def refuse_other_variants(endpoint: Document, deployment: Deployment, config: Document | None) -> None:
    """Refuse a guarded update, as in steps or with alarms that bring it back, to variants of other names.

    "Your new endpoint configuration must have the same variant name as the old endpoint configuration"
    (https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html).

    Raises:
        ServiceError: It is one.
    """
    before = {each["name"] for each in endpoint["_deployment"]["variants"]}
    if config and before != {each.name for each in deployment.variants}:
        raise validation_error(
            "With a DeploymentConfig, traffic is shifted to variants of the same names only: "
            f"{', '.join(sorted(before))}."
        )


def busy(endpoint: Document) -> Exception:
    """Return the error of a change of an endpoint that is being changed."""
    return validation_error(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')
