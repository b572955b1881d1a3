"""Which events of SageMaker a project's notifications tell of, as a pure function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack_components.aws.notifications import NotificationsArgs
    from mlstack_components.aws.placement import Placement


def event_patterns(args: NotificationsArgs) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return which events are told of: a description and an EventBridge pattern by the rule's name.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
    """
    patterns: dict[str, tuple[str, dict[str, Any]]] = {}
    if args.pipeline_name is not None:
        patterns["pipeline-ended"] = (
            "An execution of the training pipeline ended",
            _executions(args.placement, args.pipeline_name, "Failed", "Stopped", "Succeeded"),
        )
    if args.batch_pipeline_name is not None:
        # Batches may run every hour: those that went well are not told of.
        patterns["batch-failed"] = (
            "A batch failed or was stopped",
            _executions(args.placement, args.batch_pipeline_name, "Failed", "Stopped"),
        )
    if args.model_package_group_name is not None:
        patterns["model-version"] = (
            "A model version was registered, approved or rejected",
            _pattern(
                "SageMaker Model Package State Change", {"ModelPackageGroupName": [args.model_package_group_name]}
            ),
        )
    if args.endpoint_name is not None:
        patterns["endpoint-changed"] = (
            "The endpoint changed its state",
            _pattern("SageMaker Endpoint State Change", {"EndpointName": [args.endpoint_name]}),
        )
    return patterns


def _executions(placement: Placement, pipeline_name: str, *statuses: str) -> dict[str, Any]:
    return _pattern(
        "SageMaker Model Building Pipeline Execution Status Change",
        {
            "pipelineArn": [placement.arn("sagemaker", f"pipeline/{pipeline_name.lower()}")],
            "currentPipelineExecutionStatus": list(statuses),
        },
    )


def _pattern(detail_type: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": ["aws.sagemaker"], "detail-type": [detail_type], "detail": detail}
