"""The pipeline that scores whole datasets, down to the model package behind it, as SageMaker describes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack.cloud.errors import is_missing
from mlstack.registry.versions import version_of

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_ACTIVE = "Active"
_AT_WORK = ("Executing", "Stopping")
_TRANSFORM = "Transform"


@dataclass(frozen=True)
class LiveBatch:
    """What DescribePipeline and DescribeModel say of the pipeline.

    Attributes:
        name: The pipeline's name.
        status: SageMaker's status.
        model_name: The model that its transform job names, or None.
        model_package_arn: The model package of that model, or None where there is none.
    """

    name: str
    status: str
    model_name: str | None
    model_package_arn: str | None
    failure_reason: str | None = None
    instance_count: int | None = None

    @property
    def serves(self) -> bool:
        """Whether it can be started."""
        return self.status == _ACTIVE

    @property
    def configuration_name(self) -> str:
        """What a release exchanges: the model."""
        return self.model_name or ""

    @property
    def further_arns(self) -> dict[str, str]:
        """None: a batch is scored by one version."""
        return {}

    @property
    def model_package_arns(self) -> tuple[str, ...]:
        """The model packages behind it."""
        return (self.model_package_arn,) if self.model_package_arn else ()


def read_batch(sagemaker: SageMakerClient, pipeline: str) -> LiveBatch | None:
    """Describe the pipeline.

    Args:
        sagemaker: A client.
        pipeline: Its name.

    Returns:
        The pipeline, or None where there is none.
    """
    from botocore.exceptions import ClientError

    try:
        described = sagemaker.describe_pipeline(PipelineName=pipeline)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    model = model_of(json.loads(described["PipelineDefinition"]))
    return LiveBatch(pipeline, described["PipelineStatus"], model, _package(sagemaker, model))


def model_of(definition: dict[str, Any]) -> str | None:
    """The model that a definition's transform job names."""
    requests = (step["Arguments"] for step in definition.get("Steps", []) if step.get("Type") == _TRANSFORM)
    return next((str(request["ModelName"]) for request in requests), None)


def _package(sagemaker: SageMakerClient, model: str | None) -> str | None:
    from botocore.exceptions import ClientError

    if model is None:
        return None
    try:
        described: Any = sagemaker.describe_model(ModelName=model)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    package = described.get("PrimaryContainer", {}).get("ModelPackageName")
    return None if package is None else str(package)


def batch_differences(live: LiveBatch | None, model_package_arn: str) -> tuple[str, ...]:
    """Compare the pipeline with the intent.

    Args:
        live: The pipeline, or None where there is none.
        model_package_arn: The model package that it should score with.

    Returns:
        One clause for each difference; empty is the proof.
    """
    if live is None:
        return ("there is no pipeline",)
    found = [] if live.serves else [f"it is {live.status}"]
    if live.model_name is None:
        found.append("it names no model")
    elif live.model_package_arn is None:
        found.append(f"the model {live.model_name} behind it names no model package")
    elif live.model_package_arn != model_package_arn:
        found.append(f"it scores with model version {version_of(live.model_package_arn)}")
    return tuple(found)


def models_at_work(sagemaker: SageMakerClient, pipeline: str) -> frozenset[str]:
    """The models that batches which run now were started with: they are still needed when another one is released.

    Args:
        sagemaker: A client.
        pipeline: The pipeline's name.
    """
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
    running = [
        summary["PipelineExecutionArn"]
        for page in pages
        for summary in page["PipelineExecutionSummaries"]
        if summary.get("PipelineExecutionStatus") in _AT_WORK
    ]
    found = set()
    for arn in running:
        described = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
        found.add(model_of(json.loads(described["PipelineDefinition"])))
    return frozenset(found - {None})  # type: ignore[arg-type]
