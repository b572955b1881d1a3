"""What watches the data that a released model gets: SageMaker's Model Monitor on an endpoint's captured calls."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws import record_preprocessor
from mlstack_components.aws.analyzer_step import CONSTRAINTS_FILE, STATISTICS_FILE
from mlstack_components.aws.instance_types import volume_key
from mlstack_components.aws.monitor_image import analyzer_image
from mlstack_components.aws.names import MONITOR_REPORT_PREFIX, s3_uri
from mlstack_components.aws.preprocessor_object import preprocessor_object
from mlstack_components.aws.schedule_resource import monitoring_schedule

if TYPE_CHECKING:
    from mlstack_components.aws.network import Network, NetworkInput
    from mlstack_components.aws.placement import Placement

MAX_RUNTIME_SECONDS = 3600
"""An hour: with an hourly schedule SageMaker allows no more
(docs.aws.amazon.com/sagemaker/latest/APIReference/API_MonitoringStoppingCondition.html)."""

VOLUME_GIGABYTES = 20

_INPUT = "/opt/ml/processing/input/endpoint"
_OUTPUT = "/opt/ml/processing/output"


@dataclass(frozen=True, kw_only=True)
class DataQualityArgs:
    """When, and on what machine, the data is compared with that of the training."""

    schedule: str
    """`hourly`, `daily`, or cron with five fields, every few hours at the most: `0 2/6 * * *`; in UTC."""
    instance_type: str = "ml.m5.xlarge"
    """The machine of each run."""
    target: str | None = None
    """The column of the baseline that the model predicts; the predictions are its values. None where there is none."""


@dataclass(frozen=True, kw_only=True)
class ModelMonitorsArgs:
    """What monitors are made from."""

    placement: Placement
    """The account and region."""
    endpoint_name: pulumi.Input[str]
    """The endpoint, which captures its calls."""
    baseline_uri: str | None
    """The S3 folder of the released version's statistics.json and constraints.json; None as long as nothing is
    released that has them: then nothing is scheduled."""
    data_quality: DataQualityArgs
    """The monitor of data quality."""
    role_arn: pulumi.Input[str]
    """The role of the monitors' jobs."""
    artifact_bucket: pulumi.Input[str]
    """The name of the bucket of the record preprocessor and of the reports."""
    encryption_key_arn: pulumi.Input[str]
    """The key of volumes, reports and the record preprocessor."""
    network: NetworkInput | None = None
    """The VPC of the jobs; SageMaker's own network where None."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


class ModelMonitors(pulumi.ComponentResource):
    """The record preprocessor, and once there is a baseline a data quality job definition and its schedule.

    The definition never changes: another baseline, as with each release, makes another one, and the schedule goes over
    to it. Jobs run isolated from any network, on encrypted volumes, and what they write is encrypted.
    """

    preprocessor: aws.s3.BucketObjectv2
    """The script that turns captured calls into rows."""
    data_quality: aws.sagemaker.MonitoringSchedule | None
    """The schedule; None as long as it waits for a baseline."""
    data_quality_definition: aws.sagemaker.DataQualityJobDefinition | None
    """What its jobs do."""
    schedule_names: dict[str, pulumi.Output[str]]
    """The names of the schedules, by monitor: `data_quality`."""

    def __init__(self, name: str, args: ModelMonitorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:ModelMonitors", name, {}, opts)
        self.preprocessor = preprocessor_object(
            f"{name}-preprocessor", preprocessor_script(args.data_quality.target), args, self
        )
        self.data_quality = self.data_quality_definition = None
        self.schedule_names = {}
        if args.baseline_uri is not None:
            self.data_quality_definition = self._define(f"{name}-data-quality", args, args.baseline_uri)
            self.data_quality = monitoring_schedule(
                f"{name}-watch-data",
                self.data_quality_definition.name,
                monitoring_type="DataQuality",
                schedule=args.data_quality.schedule,
                tags=args.tags,
                parent=self,
            )
            self.schedule_names["data_quality"] = self.data_quality.name
        self.register_outputs({"schedule_names": self.schedule_names})

    def _define(self, name: str, args: ModelMonitorsArgs, baseline_uri: str) -> aws.sagemaker.DataQualityJobDefinition:
        preprocessor = pulumi.Output.all(args.artifact_bucket, self.preprocessor.key)
        network = pulumi.Output.from_input(args.network)
        return aws.sagemaker.DataQualityJobDefinition(
            name,
            aws.sagemaker.DataQualityJobDefinitionArgs(
                data_quality_app_specification=aws.sagemaker.DataQualityJobDefinitionDataQualityAppSpecificationArgs(
                    image_uri=analyzer_image(args.placement.region),
                    record_preprocessor_source_uri=preprocessor.apply(lambda place: s3_uri(place[0], place[1])),
                    environment={"publish_cloudwatch_metrics": "Enabled"},
                ),
                data_quality_baseline_config=_baseline(baseline_uri),
                data_quality_job_input=_input(args),
                data_quality_job_output_config=_output(args),
                job_resources=_resources(args),
                network_config=network.apply(_network_config),
                role_arn=args.role_arn,
                stopping_condition=aws.sagemaker.DataQualityJobDefinitionStoppingConditionArgs(
                    max_runtime_in_seconds=MAX_RUNTIME_SECONDS
                ),
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )


def preprocessor_script(target: str | None) -> str:
    """Return the record preprocessor that monitors run.

    Args:
        target: The column of the baseline that the model predicts, or None.
    """
    return inspect.getsource(record_preprocessor).replace('TARGET = ""', f"TARGET = {target or ''!r}", 1)


def _baseline(uri: str) -> aws.sagemaker.DataQualityJobDefinitionDataQualityBaselineConfigArgs:
    return aws.sagemaker.DataQualityJobDefinitionDataQualityBaselineConfigArgs(
        constraints_resource=aws.sagemaker.DataQualityJobDefinitionDataQualityBaselineConfigConstraintsResourceArgs(
            s3_uri=f"{uri}/{CONSTRAINTS_FILE}"
        ),
        statistics_resource=aws.sagemaker.DataQualityJobDefinitionDataQualityBaselineConfigStatisticsResourceArgs(
            s3_uri=f"{uri}/{STATISTICS_FILE}"
        ),
    )


def _input(args: ModelMonitorsArgs) -> aws.sagemaker.DataQualityJobDefinitionDataQualityJobInputArgs:
    return aws.sagemaker.DataQualityJobDefinitionDataQualityJobInputArgs(
        endpoint_input=aws.sagemaker.DataQualityJobDefinitionDataQualityJobInputEndpointInputArgs(
            endpoint_name=args.endpoint_name, local_path=_INPUT
        )
    )


def _output(args: ModelMonitorsArgs) -> aws.sagemaker.DataQualityJobDefinitionDataQualityJobOutputConfigArgs:
    uri = pulumi.Output.from_input(args.artifact_bucket).apply(
        lambda bucket: s3_uri(bucket, f"{MONITOR_REPORT_PREFIX}data-quality")
    )
    outputs = aws.sagemaker.DataQualityJobDefinitionDataQualityJobOutputConfigMonitoringOutputsArgs(
        s3_output=aws.sagemaker.DataQualityJobDefinitionDataQualityJobOutputConfigMonitoringOutputsS3OutputArgs(
            s3_uri=uri, local_path=_OUTPUT
        )
    )
    return aws.sagemaker.DataQualityJobDefinitionDataQualityJobOutputConfigArgs(
        monitoring_outputs=outputs, kms_key_id=args.encryption_key_arn
    )


def _resources(args: ModelMonitorsArgs) -> aws.sagemaker.DataQualityJobDefinitionJobResourcesArgs:
    instance_type = args.data_quality.instance_type
    key = pulumi.Output.from_input(args.encryption_key_arn).apply(lambda arn: volume_key(instance_type, arn))
    return aws.sagemaker.DataQualityJobDefinitionJobResourcesArgs(
        cluster_config=aws.sagemaker.DataQualityJobDefinitionJobResourcesClusterConfigArgs(
            instance_count=1, instance_type=instance_type, volume_size_in_gb=VOLUME_GIGABYTES, volume_kms_key_id=key
        )
    )


def _network_config(network: Network | None) -> aws.sagemaker.DataQualityJobDefinitionNetworkConfigArgs:
    vpc = None
    if network is not None:
        vpc = aws.sagemaker.DataQualityJobDefinitionNetworkConfigVpcConfigArgs(
            subnets=list(network.subnet_ids), security_group_ids=list(network.security_group_ids)
        )
    return aws.sagemaker.DataQualityJobDefinitionNetworkConfigArgs(
        enable_inter_container_traffic_encryption=True, enable_network_isolation=True, vpc_config=vpc
    )
