"""What watches how right a released model is: Model Monitor on an endpoint's captured calls and their labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws  # noqa: TC002 - Pulumi reads the annotations

from mlstack_components.aws.analyzer_step import CONSTRAINTS_FILE
from mlstack_components.aws.monitor_definition import Known, MonitorArgs, definition_name, definition_resource
from mlstack_components.aws.monitor_image import analyzer_image
from mlstack_components.aws.names import GROUND_TRUTH_PREFIX, s3_uri
from mlstack_components.aws.prediction_rows import PREDICTION, prediction_script
from mlstack_components.aws.preprocessor_object import preprocessor_object
from mlstack_components.aws.schedule_resource import monitoring_schedule

TYPE_NAME = "AWS::SageMaker::ModelQualityJobDefinition"

Problem = Literal["binary", "multiclass", "regression"]
PROBLEM_TYPES: dict[Problem, str] = {
    "binary": "BinaryClassification",
    "multiclass": "MulticlassClassification",
    "regression": "Regression",
}
"""SageMaker's words for kinds of problems."""


@dataclass(frozen=True, kw_only=True)
class ModelQualityMonitorArgs(MonitorArgs):
    """What the monitor is made from; the baseline is the constraints.json of the released version's predictions."""

    problem: Problem
    """What the model predicts: yes (`1`) or no, one of several classes, or a number."""
    target: str | None
    """The column that the model predicts, by which it may call its answers."""
    data_bucket: pulumi.Input[str]
    """The name of the bucket with the labels."""


class ModelQualityMonitor(pulumi.ComponentResource):
    """The record preprocessor, and once there is a baseline a job definition of model quality and its schedule.

    The definition never changes and its name follows from what is in it, so that another baseline, as with each
    release, makes another one before the former goes. pulumi-aws has no such resource: Cloud Control makes it. Jobs
    run isolated from any network, on encrypted volumes, and what they write is encrypted.
    """

    preprocessor: aws.s3.BucketObjectv2
    """The script that turns captured calls into predictions."""
    definition: aws.cloudcontrol.Resource | None
    """What the jobs do; None as long as it waits for a baseline."""
    schedule: aws.sagemaker.MonitoringSchedule | None
    """When they run, likewise."""
    schedule_names: dict[str, pulumi.Output[str]]
    """The name of the schedule, by monitor: `model_quality`."""

    def __init__(self, name: str, args: ModelQualityMonitorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:ModelQualityMonitor", name, {}, opts)
        self.preprocessor = preprocessor_object(f"{name}-prediction-rows", prediction_script(args.target), args, self)
        self.definition = self.schedule = None
        self.schedule_names = {}
        if args.baseline_uri is not None:
            constraints = f"{args.baseline_uri}/{CONSTRAINTS_FILE}"
            self.definition = definition_resource(
                f"{name}-model-quality",
                TYPE_NAME,
                args,
                specific=lambda known: _specific(args, known, constraints),
                more={"data": args.data_bucket, "script": self.preprocessor.key},
                parent=self,
            )
            self.schedule = monitoring_schedule(
                f"{name}-watch-model",
                definition_name(self.definition),
                monitoring_type="ModelQuality",
                schedule=args.schedule,
                tags=args.tags,
                parent=self,
            )
            self.schedule_names["model_quality"] = self.schedule.name
        self.register_outputs({"schedule_names": self.schedule_names})


def _specific(args: ModelQualityMonitorArgs, known: Known, constraints: str) -> dict[str, Any]:
    labels = s3_uri(known.more["data"], f"{GROUND_TRUTH_PREFIX}{known.endpoint}")
    return {
        "ModelQualityAppSpecification": {
            "ImageUri": analyzer_image(args.placement.region),
            "ProblemType": PROBLEM_TYPES[args.problem],
            "RecordPreprocessorSourceUri": s3_uri(known.artifacts, known.more["script"]),
            "Environment": {"publish_cloudwatch_metrics": "Enabled"},
        },
        "ModelQualityBaselineConfig": {"ConstraintsResource": {"S3Uri": constraints}},
        "ModelQualityJobInput": {
            "EndpointInput": known.endpoint_input(InferenceAttribute=PREDICTION),
            "GroundTruthS3Input": {"S3Uri": labels},
        },
        "ModelQualityJobOutputConfig": known.output("model-quality"),
    }
