"""Which events of SageMaker a project's notifications tell of, as a pure function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pulumi

    from mlstack_components.aws.notifications import NotificationsArgs
    from mlstack_components.aws.placement import Placement


@dataclass(frozen=True, kw_only=True)
class ToldOf:
    """What belongs to one of several models, to tell of."""

    pipeline_name: str | None = None
    """Its training pipeline; None where there is none."""
    batch_pipeline_name: str | None = None
    """The pipeline that scores whole datasets with it; None where there is none."""
    model_package_group_name: str | None = None
    """Its model registry; None where there is none."""
    endpoint_name: str | None = None
    """Its endpoint; None where there is none."""
    monitoring_role_arn: pulumi.Input[str] | None = None
    """The role of its monitors' jobs; None where there are none."""


def event_patterns(args: NotificationsArgs) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return which events are told of: a description and an EventBridge pattern by the rule's name.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
    """
    told_of: list[NotificationsArgs | ToldOf] = [args, *args.models]
    pipelines = [each.pipeline_name for each in told_of if each.pipeline_name is not None]
    batches = [each.batch_pipeline_name for each in told_of if each.batch_pipeline_name is not None]
    groups = [each.model_package_group_name for each in told_of if each.model_package_group_name is not None]
    endpoints = [each.endpoint_name for each in told_of if each.endpoint_name is not None]
    patterns: dict[str, tuple[str, dict[str, Any]]] = {}
    if pipelines:
        patterns["pipeline-ended"] = (
            "An execution of the training pipeline ended",
            _executions(args.placement, pipelines, "Failed", "Stopped", "Succeeded"),
        )
    if batches:
        # Batches may run every hour: those that went well are not told of.
        patterns["batch-failed"] = (
            "A batch failed or was stopped",
            _executions(args.placement, batches, "Failed", "Stopped"),
        )
    if groups:
        patterns["model-version"] = (
            "A model version was registered, approved or rejected",
            _pattern("SageMaker Model Package State Change", {"ModelPackageGroupName": groups}),
        )
    if endpoints:
        patterns["endpoint-changed"] = (
            "The endpoint changed its state",
            _pattern("SageMaker Endpoint State Change", {"EndpointName": endpoints}),
        )
    return patterns


def _executions(placement: Placement, pipeline_names: list[str], *statuses: str) -> dict[str, Any]:
    return _pattern(
        "SageMaker Model Building Pipeline Execution Status Change",
        {
            "pipelineArn": [placement.arn("sagemaker", f"pipeline/{name.lower()}") for name in pipeline_names],
            "currentPipelineExecutionStatus": list(statuses),
        },
    )


def _pattern(detail_type: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": ["aws.sagemaker"], "detail-type": [detail_type], "detail": detail}
