"""Where the steps of a training pipeline put and find things, as expressions of SageMaker's JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.names import CHECKPOINT_PREFIX, PIPELINE_PREFIX, s3_uri
from mlstack_components.aws.pipeline_expressions import Json, get, join

if TYPE_CHECKING:
    from mlstack_components.aws.pipeline_args import PipelineDefinitionArgs

TRAIN = "train"
TUNE = "tune"


def output_uri(args: PipelineDefinitionArgs, *path: str) -> Json:
    """Return the URI of what a step writes: a folder an execution, so that no run overwrites another's results."""
    folder = s3_uri(args.artifact_bucket, f"{PIPELINE_PREFIX}{args.pipeline_name}")
    return join("/", folder, get("Execution.PipelineExecutionId"), *path)


def checkpoint_uri(args: PipelineDefinitionArgs) -> Json:
    """Return the URI of the training job's checkpoints: a folder an execution, so that a retry of it finds them."""
    folder = s3_uri(args.artifact_bucket, f"{CHECKPOINT_PREFIX}{args.pipeline_name}")
    return join("/", folder, get("Execution.PipelineExecutionId"))


def model_uri(args: PipelineDefinitionArgs) -> Json:
    """Return the URI of the trained model; with tuning, of the best one.

    A tuning job lists its training jobs the best first; as in the sagemaker SDK's `TuningStep.get_top_model_s3_uri`.
    The folder is the tuning job's own, which is another execution's where a selective execution takes its results.
    """
    if args.steps.tune is None:
        return get(f"Steps.{TRAIN}.ModelArtifacts.S3ModelArtifacts")
    folder = get(f"Steps.{TUNE}.TrainingJobDefinition.OutputDataConfig.S3OutputPath")
    return join("/", folder, get(f"Steps.{TUNE}.TrainingJobSummaries[0].TrainingJobName"), "output/model.tar.gz")
