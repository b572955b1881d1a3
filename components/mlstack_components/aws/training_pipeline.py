"""The pipeline that trains, measures and registers models."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.pipeline_args import PipelineDefinitionArgs, PipelineSteps
from mlstack_components.aws.pipeline_definition import pipeline_definition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.network import NetworkInput
    from mlstack_components.aws.tracking_access import TrackingInput


@dataclass(frozen=True, kw_only=True)
class TrainingPipelineArgs:
    """What a training pipeline is made from."""

    pipeline_name: str
    """The pipeline's name, 1 to 256 letters, digits and hyphens: people start it by name, so it is chosen."""
    description: str
    """What the pipeline does, as shown in the console."""
    steps: PipelineSteps
    """The steps."""
    artifact_bucket: pulumi.Input[str]
    """The name of the bucket that the steps write to."""
    encryption_key_arn: pulumi.Input[str]
    """The key of volumes and outputs."""
    pipeline_role_arn: pulumi.Input[str]
    """The role that starts the jobs."""
    training_role_arn: pulumi.Input[str]
    """The role of the training job."""
    processing_role_arn: pulumi.Input[str] | None = None
    """The role of the processing jobs; needed where data is prepared or models are evaluated."""
    code_uri: pulumi.Input[str | None] = None
    """The default code bundle; None makes the pipeline's parameter required."""
    data_uri: pulumi.Input[str | None] = None
    """The default dataset; None makes the pipeline's parameter required."""
    image_uris: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """The default images of the pipeline's parameters of images, as far as steps refer to them."""
    network: NetworkInput | None = None
    """The VPC of the jobs; SageMaker's own network where None."""
    tracking: TrackingInput | None = None
    """Where training records its runs; nowhere where None."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the pipeline."""


class TrainingPipeline(pulumi.ComponentResource):
    """A SageMaker pipeline: prepare, train or tune, evaluate, gate, register.

    Rules: CKV_AWS_367 to 371, SageMaker.9 to .13.
    """

    pipeline_name: pulumi.Output[str]
    """The pipeline's name."""
    arn: pulumi.Output[str]
    """The pipeline's ARN."""
    pipeline: aws.sagemaker.Pipeline
    """The pipeline."""

    def __init__(self, name: str, args: TrainingPipelineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:TrainingPipeline", name, {}, opts)
        self.pipeline = pipeline = aws.sagemaker.Pipeline(
            f"{name}-pipeline",
            aws.sagemaker.PipelineArgs(
                pipeline_name=args.pipeline_name,
                pipeline_display_name=args.pipeline_name,
                pipeline_description=args.description,
                pipeline_definition=_definition(args),
                role_arn=args.pipeline_role_arn,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.pipeline_name = pipeline.pipeline_name
        self.arn = pipeline.arn
        self.register_outputs({"pipeline_name": self.pipeline_name, "arn": self.arn})


def _definition(args: TrainingPipelineArgs) -> pulumi.Output[str]:
    def write(known: dict[str, Any]) -> str:
        definition = PipelineDefinitionArgs(pipeline_name=args.pipeline_name, steps=args.steps, **known)
        return json.dumps(pipeline_definition(definition), separators=(",", ":"))

    inputs: dict[str, Any] = {
        "artifact_bucket": args.artifact_bucket,
        "encryption_key_arn": args.encryption_key_arn,
        "processing_role_arn": args.processing_role_arn,
        "training_role_arn": args.training_role_arn,
        "code_uri": args.code_uri,
        "data_uri": args.data_uri,
        "image_uris": dict(args.image_uris),
        "network": args.network,
        "tracking": args.tracking,
    }
    return pulumi.Output.all(**inputs).apply(write)
