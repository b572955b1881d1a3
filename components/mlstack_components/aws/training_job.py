"""One training job as a resource: it runs when it is first declared, and again when what it is made from changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.instance_types import volume_key
from mlstack_components.aws.names import CHECKPOINT_PREFIX, PIPELINE_PREFIX, s3_uri
from mlstack_components.aws.training_options import environment_of, hyperparameters_of, is_sharded
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.network import NetworkInput
    from mlstack_components.aws.pipeline_args import TrainStepArgs

_DIGEST = 8
_LONGEST_NAME = 63 - 1 - _DIGEST


@dataclass(frozen=True, kw_only=True)
class TrainingJobArgs:
    """What a training job is made from."""

    job_name: str
    """What the job's name begins with, 1 to 54 letters, digits and hyphens; also the folder of what it writes."""
    step: TrainStepArgs
    """The script or command, the image, the instances and the hyperparameters."""
    role_arn: pulumi.Input[str]
    """The role of the job."""
    artifact_bucket: pulumi.Input[str]
    """The name of the bucket that it writes to, below `pipelines/<job_name>/` and `checkpoints/<job_name>/`."""
    encryption_key_arn: pulumi.Input[str]
    """The key of volumes and outputs."""
    channels: Mapping[str, pulumi.Input[str]]
    """Where the inputs lie in S3, by channel, 1 to 20 of them; `code` is the code bundle, `train` the training set."""
    network: NetworkInput | None = None
    """The VPC of the job; SageMaker's own network where None."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the job."""


class TrainingJob(pulumi.ComponentResource):
    """A SageMaker training job that an update waits for. Rules: CKV_AWS_367 to 371, SageMaker.9 to .13."""

    job_name: pulumi.Output[str]
    """The job's name: another one where code, data, image, instances or hyperparameters are others."""
    arn: pulumi.Output[str]
    """The job's ARN."""
    model_uri: pulumi.Output[str]
    """The trained model, known when the job has ended."""

    def __init__(self, name: str, args: TrainingJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:TrainingJob", name, {}, opts)
        if len(args.job_name) > _LONGEST_NAME:
            raise UserError(f"The job's name {args.job_name} is too long.", next_step="Choose a shorter one.")
        inputs = pulumi.Output.all(channels=dict(args.channels), network=args.network)
        named = inputs.apply(lambda known: unique_name(args, known["channels"], known["network"]))
        folder = pulumi.Output.from_input(args.artifact_bucket).apply(
            lambda bucket: s3_uri(bucket, f"{PIPELINE_PREFIX}{args.job_name}")
        )
        self.job = aws.sagemaker.TrainingJob(
            f"{name}-training-job", _request(args, named, folder), pulumi.ResourceOptions(parent=self)
        )
        self.job_name, self.arn = self.job.training_job_name, self.job.arn
        self.model_uri = pulumi.Output.concat(folder, "/", self.job.training_job_name, "/output/model.tar.gz")
        self.register_outputs({"job_name": self.job_name, "arn": self.arn, "model_uri": self.model_uri})


def unique_name(args: TrainingJobArgs, channels: Mapping[str, str], network: Any) -> str:
    """Return the name of the job that these inputs make: the same for the same ones, another for any other.

    Args:
        args: What the job is made from.
        channels: Where the inputs lie, as far as they are known.
        network: The VPC, or None.
    """
    content = [asdict(args.step), dict(channels), None if network is None else asdict(network)]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f"{args.job_name}-{digest[:_DIGEST]}"


def _request(
    args: TrainingJobArgs, name: pulumi.Output[str], folder: pulumi.Output[str]
) -> aws.sagemaker.TrainingJobArgs:
    step, spot = args.step, args.step.spot
    if not isinstance(step.image_uri, str):
        raise UserError("A training job by itself has no parameters.", next_step="Give its image by an address.")
    return aws.sagemaker.TrainingJobArgs(
        training_job_name=name,
        algorithm_specification=aws.sagemaker.TrainingJobAlgorithmSpecificationArgs(
            training_image=step.image_uri,
            training_input_mode="File",
            container_entrypoints=list(step.command) or None,
            metric_definitions=[
                aws.sagemaker.TrainingJobAlgorithmSpecificationMetricDefinitionArgs(
                    name=metric.name, regex=metric.pattern
                )
                for metric in step.metric_definitions
            ]
            or None,
        ),
        hyper_parameters=hyperparameters_of(step),
        environment=environment_of(step) or None,
        input_data_configs=[_channel(step, channel, uri) for channel, uri in args.channels.items()],
        output_data_config=aws.sagemaker.TrainingJobOutputDataConfigArgs(
            s3_output_path=folder, kms_key_id=args.encryption_key_arn
        ),
        resource_config=aws.sagemaker.TrainingJobResourceConfigArgs(
            instance_type=step.instance_type,
            instance_count=step.instance_count,
            volume_size_in_gb=step.volume_gigabytes,
            volume_kms_key_id=pulumi.Output.from_input(args.encryption_key_arn).apply(
                lambda key: volume_key(step.instance_type, key)
            ),
            keep_alive_period_in_seconds=step.keep_alive_seconds,
        ),
        stopping_condition=aws.sagemaker.TrainingJobStoppingConditionArgs(
            max_runtime_in_seconds=step.max_runtime_seconds,
            max_wait_time_in_seconds=None if spot is None else spot.max_wait_seconds,
        ),
        checkpoint_config=None if spot is None else _checkpoints(args, name),
        enable_managed_spot_training=spot is not None,
        enable_network_isolation=step.network_isolation,
        enable_inter_container_traffic_encryption=True,
        role_arn=args.role_arn,
        vpc_config=None if args.network is None else _vpc(args.network),
        tags=args.tags,
    )


def _channel(step: TrainStepArgs, channel: str, uri: pulumi.Input[str]) -> aws.sagemaker.TrainingJobInputDataConfigArgs:
    return aws.sagemaker.TrainingJobInputDataConfigArgs(
        channel_name=channel,
        data_source=aws.sagemaker.TrainingJobInputDataConfigDataSourceArgs(
            s3_data_source=aws.sagemaker.TrainingJobInputDataConfigDataSourceS3DataSourceArgs(
                s3_data_type="S3Prefix",
                s3_uri=uri,
                s3_data_distribution_type="ShardedByS3Key" if is_sharded(step, channel) else "FullyReplicated",
            )
        ),
    )


def _checkpoints(args: TrainingJobArgs, name: pulumi.Output[str]) -> aws.sagemaker.TrainingJobCheckpointConfigArgs:
    uri = pulumi.Output.all(args.artifact_bucket, name).apply(
        lambda known: s3_uri(known[0], f"{CHECKPOINT_PREFIX}{args.job_name}/{known[1]}")
    )
    return aws.sagemaker.TrainingJobCheckpointConfigArgs(s3_uri=uri)


def _vpc(network: NetworkInput) -> aws.sagemaker.TrainingJobVpcConfigArgs:
    known = pulumi.Output.from_input(network)
    return aws.sagemaker.TrainingJobVpcConfigArgs(
        security_group_ids=known.apply(lambda place: list(place.security_group_ids)),
        subnets=known.apply(lambda place: list(place.subnet_ids)),
    )
