"""What a training job's request has beyond one instance that is always there, each option a pure function.

A tuning step is made from the train step, so it has the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.names import CODE_ARCHIVE
from mlstack_components.aws.pipeline_locations import checkpoint_uri

if TYPE_CHECKING:
    from mlstack_components.aws.pipeline_args import PipelineDefinitionArgs, SpotTraining, TrainStepArgs
    from mlstack_components.aws.pipeline_expressions import Json

CHECKPOINT_DIRECTORY = "/opt/ml/checkpoints"
"""Where a container finds and leaves its checkpoints (CheckpointConfig, `LocalPath`)."""

CHECKPOINT_VARIABLE = "CHECKPOINT_DIR"
"""The environment variable that names it to the script."""

TRAIN_CHANNEL = "train"
"""The channel of the training set; the others reach every instance whole."""

MASTER = {"MASTER_ADDR": "algo-1", "MASTER_PORT": "7777"}
"""Where the first of several instances is, as AWS's PyTorch images tell it; here for every image."""

# https://github.com/aws/sagemaker-training-toolkit, `params.py`, and https://github.com/aws/sagemaker-pytorch-training-toolkit
_LAUNCHERS = {"torchrun": "sagemaker_torch_distributed_enabled", "mpi": "sagemaker_mpi_enabled"}


def add_options(arguments: Json, args: PipelineDefinitionArgs) -> None:
    """Add what the train step asks for; a request without options stays as it is.

    Args:
        arguments: The request of CreateTrainingJob.
        args: All that the pipeline follows from.
    """
    step = args.steps.train
    environment: dict[str, str] = {}
    if step.spot is not None:
        environment |= _add_spot(arguments, args, step.spot)
    if step.instance_count > 1:
        environment |= MASTER
    if environment:
        arguments["Environment"] = environment
    if step.command:
        arguments["AlgorithmSpecification"]["ContainerEntrypoint"] = list(step.command)
    if step.distribution is not None:
        arguments["HyperParameters"][_LAUNCHERS[step.distribution]] = "true"
    if step.sharded:
        _shard(arguments["InputDataConfig"])
    if step.keep_alive_seconds is not None:
        arguments["ResourceConfig"]["KeepAlivePeriodInSeconds"] = step.keep_alive_seconds


def script(step: TrainStepArgs) -> dict[str, str]:
    """Return the hyperparameters that tell the image's training toolkit what to run; none where the image knows it.

    Args:
        step: The train step.
    """
    if step.entry_point is None:
        return {}
    return {
        "sagemaker_submit_directory": f"/opt/ml/input/data/code/{CODE_ARCHIVE}",
        "sagemaker_program": step.entry_point,
    }


def _add_spot(arguments: Json, args: PipelineDefinitionArgs, spot: SpotTraining) -> dict[str, str]:
    arguments["EnableManagedSpotTraining"] = True
    arguments["StoppingCondition"]["MaxWaitTimeInSeconds"] = spot.max_wait_seconds
    arguments["CheckpointConfig"] = {"S3Uri": checkpoint_uri(args), "LocalPath": CHECKPOINT_DIRECTORY}
    return {CHECKPOINT_VARIABLE: CHECKPOINT_DIRECTORY}


def _shard(channels: list[Json]) -> None:
    for channel in channels:
        if channel["ChannelName"] == TRAIN_CHANNEL:
            channel["DataSource"]["S3DataSource"]["S3DataDistributionType"] = "ShardedByS3Key"
