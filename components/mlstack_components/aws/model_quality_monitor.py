"""What watches how right a released model is: Model Monitor on an endpoint's captured calls and their labels."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.baseline_step import CONSTRAINTS_FILE
from mlstack_components.aws.instance_types import volume_key
from mlstack_components.aws.model_monitors import MAX_RUNTIME_SECONDS, VOLUME_GIGABYTES
from mlstack_components.aws.monitor_image import analyzer_image
from mlstack_components.aws.monitor_schedule import schedule_expression
from mlstack_components.aws.names import GROUND_TRUTH_PREFIX, MONITOR_REPORT_PREFIX, s3_uri
from mlstack_components.aws.prediction_rows import PREDICTION, prediction_script
from mlstack_components.aws.preprocessor_object import preprocessor_object

if TYPE_CHECKING:
    from mlstack_components.aws.network import Network, NetworkInput
    from mlstack_components.aws.placement import Placement

TYPE_NAME = "AWS::SageMaker::ModelQualityJobDefinition"

Problem = Literal["binary", "multiclass", "regression"]
PROBLEM_TYPES: dict[Problem, str] = {
    "binary": "BinaryClassification",
    "multiclass": "MulticlassClassification",
    "regression": "Regression",
}
"""SageMaker's words for kinds of problems."""

_INPUT = "/opt/ml/processing/input/endpoint"
_OUTPUT = "/opt/ml/processing/output"
_HASH_DIGITS = 8


@dataclass(frozen=True, kw_only=True)
class ModelQualityMonitorArgs:
    """What the monitor is made from."""

    placement: Placement
    """The account and region."""
    endpoint_name: pulumi.Input[str]
    """The endpoint, which captures its calls."""
    baseline_uri: str | None
    """The S3 folder of the constraints.json of the released version's predictions; None as long as nothing is released
    that has it: then nothing is scheduled."""
    schedule: str
    """`hourly`, `daily`, or cron with five fields, every few hours at the most, in UTC."""
    problem: Problem
    """What the model predicts: yes (`1`) or no, one of several classes, or a number."""
    target: str | None
    """The column that the model predicts, by which it may call its answers."""
    role_arn: pulumi.Input[str]
    """The role of the monitors' jobs."""
    data_bucket: pulumi.Input[str]
    """The name of the bucket with the labels."""
    artifact_bucket: pulumi.Input[str]
    """The name of the bucket of the record preprocessor and of the reports."""
    encryption_key_arn: pulumi.Input[str]
    """The key of volumes, reports and the record preprocessor."""
    instance_type: str = "ml.m5.xlarge"
    """The machine of each run."""
    network: NetworkInput | None = None
    """The VPC of the jobs; SageMaker's own network where None."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


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
            self.definition = self._define(f"{name}-model-quality", args, args.baseline_uri)
            self.schedule = self._schedule(f"{name}-watch-model", args, self.definition)
            self.schedule_names["model_quality"] = self.schedule.name
        self.register_outputs({"schedule_names": self.schedule_names})

    def _define(self, name: str, args: ModelQualityMonitorArgs, baseline_uri: str) -> aws.cloudcontrol.Resource:
        known = {
            "endpoint": args.endpoint_name,
            "role": args.role_arn,
            "data": args.data_bucket,
            "artifacts": args.artifact_bucket,
            "key": args.encryption_key_arn,
            "script": self.preprocessor.key,
            "network": args.network,
        }
        desired = pulumi.Output.all(**known).apply(
            lambda found: desired_state(name, args, baseline_uri=baseline_uri, found=found)
        )
        return aws.cloudcontrol.Resource(
            name,
            aws.cloudcontrol.ResourceArgs(type_name=TYPE_NAME, desired_state=desired),
            pulumi.ResourceOptions(parent=self),
        )

    def _schedule(
        self, name: str, args: ModelQualityMonitorArgs, definition: aws.cloudcontrol.Resource
    ) -> aws.sagemaker.MonitoringSchedule:
        config = aws.sagemaker.MonitoringScheduleMonitoringScheduleConfigArgs(
            # The identifier is the definition's ARN.
            monitoring_job_definition_name=definition.id.apply(lambda arn: arn.rpartition("/")[2]),
            monitoring_type="ModelQuality",
            schedule_config=aws.sagemaker.MonitoringScheduleMonitoringScheduleConfigScheduleConfigArgs(
                schedule_expression=schedule_expression(args.schedule)
            ),
        )
        return aws.sagemaker.MonitoringSchedule(
            name,
            aws.sagemaker.MonitoringScheduleArgs(monitoring_schedule_config=config, tags=args.tags),
            pulumi.ResourceOptions(parent=self),
        )


def desired_state(name: str, args: ModelQualityMonitorArgs, *, baseline_uri: str, found: dict[str, Any]) -> str:
    """Return the job definition as Cloud Control takes it.

    The form is CloudFormation's: docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ and there
    aws-resource-sagemaker-modelqualityjobdefinition.html.

    Args:
        name: What its name begins with.
        args: What the monitor is made from.
        baseline_uri: The folder of the baseline.
        found: The values of the inputs: `endpoint`, `role`, `data`, `artifacts`, `key`, `script` and `network`.
    """
    cluster: dict[str, Any] = {
        "InstanceCount": 1,
        "InstanceType": args.instance_type,
        "VolumeSizeInGB": VOLUME_GIGABYTES,
    }
    key = volume_key(args.instance_type, found["key"])
    endpoint = {"EndpointName": found["endpoint"], "LocalPath": _INPUT, "InferenceAttribute": PREDICTION}
    labels = s3_uri(found["data"], f"{GROUND_TRUTH_PREFIX}{found['endpoint']}")
    report = {"S3Uri": s3_uri(found["artifacts"], f"{MONITOR_REPORT_PREFIX}model-quality"), "LocalPath": _OUTPUT}
    definition: dict[str, Any] = {
        "ModelQualityAppSpecification": {
            "ImageUri": analyzer_image(args.placement.region),
            "ProblemType": PROBLEM_TYPES[args.problem],
            "RecordPreprocessorSourceUri": s3_uri(found["artifacts"], found["script"]),
            "Environment": {"publish_cloudwatch_metrics": "Enabled"},
        },
        "ModelQualityBaselineConfig": {"ConstraintsResource": {"S3Uri": f"{baseline_uri}/{CONSTRAINTS_FILE}"}},
        "ModelQualityJobInput": {"EndpointInput": endpoint, "GroundTruthS3Input": {"S3Uri": labels}},
        "ModelQualityJobOutputConfig": {"KmsKeyId": found["key"], "MonitoringOutputs": [{"S3Output": report}]},
        "JobResources": {"ClusterConfig": cluster if key is None else {**cluster, "VolumeKmsKeyId": key}},
        "NetworkConfig": _network_config(found["network"]),
        "RoleArn": found["role"],
        "StoppingCondition": {"MaxRuntimeInSeconds": MAX_RUNTIME_SECONDS},
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(args.tags.items())],
    }
    digest = hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()[:_HASH_DIGITS]
    return json.dumps({"JobDefinitionName": f"{name[: 62 - _HASH_DIGITS]}-{digest}", **definition})


def _network_config(network: Network | None) -> dict[str, Any]:
    isolated: dict[str, Any] = {"EnableInterContainerTrafficEncryption": True, "EnableNetworkIsolation": True}
    if network is None:
        return isolated
    vpc = {"Subnets": list(network.subnet_ids), "SecurityGroupIds": list(network.security_group_ids)}
    return {**isolated, "VpcConfig": vpc}
