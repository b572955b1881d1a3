"""ARNs of SageMaker resources, made and taken apart.

The shapes are those of the service authorization reference of SageMaker: `arn:aws:sagemaker:REGION:ACCOUNT:TYPE/NAME`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Identity

DATA_QUALITY_JOB_DEFINITION = "data-quality-job-definition"
MODEL = "model"
MODEL_BIAS_JOB_DEFINITION = "model-bias-job-definition"
MODEL_EXPLAINABILITY_JOB_DEFINITION = "model-explainability-job-definition"
MODEL_QUALITY_JOB_DEFINITION = "model-quality-job-definition"
MONITORING_SCHEDULE = "monitoring-schedule"
ENDPOINT = "endpoint"
ENDPOINT_CONFIG = "endpoint-config"
FEATURE_GROUP = "feature-group"
MODEL_PACKAGE = "model-package"
MODEL_PACKAGE_GROUP = "model-package-group"
PROCESSING_JOB = "processing-job"
TRAINING_JOB = "training-job"
TRANSFORM_JOB = "transform-job"
HYPER_PARAMETER_TUNING_JOB = "hyper-parameter-tuning-job"
PIPELINE = "pipeline"
DOMAIN = "domain"
USER_PROFILE = "user-profile"
MLFLOW_TRACKING_SERVER = "mlflow-tracking-server"

_FIELDS_BEFORE_RESOURCE = 5


def arn(caller: Identity, resource_type: str, name: str) -> str:
    """Return the ARN of a resource in the caller's account and region."""
    return f"arn:aws:sagemaker:{caller.region}:{caller.account}:{resource_type}/{name}"


def name_of(name_or_arn: str, resource_type: str) -> str:
    """Return the name behind a name or an ARN.

    Args:
        name_or_arn: What the request holds; a model package keeps its version: `group/3`.
        resource_type: The type that an ARN must be of.

    Returns:
        The name; an ARN of another type comes back as it is, so that it is not found by its name.
    """
    if not name_or_arn.startswith("arn:"):
        return name_or_arn
    resource = name_or_arn.split(":", _FIELDS_BEFORE_RESOURCE)[-1]
    prefix = f"{resource_type}/"
    return resource.removeprefix(prefix) if resource.startswith(prefix) else name_or_arn


def resource_type_of(resource_arn: str) -> str:
    """Return the type part of an ARN, empty when the text is no ARN of SageMaker."""
    fields = resource_arn.split(":", _FIELDS_BEFORE_RESOURCE)
    if len(fields) <= _FIELDS_BEFORE_RESOURCE or fields[2] != "sagemaker":
        return ""
    return fields[-1].split("/", 1)[0]


def region_of(resource_arn: str) -> str:
    """Return the region part of an ARN, empty when there is none."""
    fields = resource_arn.split(":")
    return fields[3] if len(fields) > _FIELDS_BEFORE_RESOURCE else ""
