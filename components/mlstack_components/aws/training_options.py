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
    if step.spot is not None:
        _add_spot(arguments, args, step.spot)
    recorded = {} if args.tracking is None else args.tracking.environment()
    if environment := {**environment_of(step), **recorded}:
        arguments["Environment"] = environment
    if step.command:
        arguments["AlgorithmSpecification"]["ContainerEntrypoint"] = list(step.command)
    arguments["HyperParameters"] |= _launcher(step)
    for channel in arguments["InputDataConfig"]:
        if is_sharded(step, channel["ChannelName"]):
            channel["DataSource"]["S3DataSource"]["S3DataDistributionType"] = "ShardedByS3Key"
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


def environment_of(step: TrainStepArgs) -> dict[str, str]:
    """Return the environment variables that a train step's options add.

    Args:
        step: The train step.
    """
    checkpoints = {} if step.spot is None else {CHECKPOINT_VARIABLE: CHECKPOINT_DIRECTORY}
    return {**checkpoints, **(MASTER if step.instance_count > 1 else {})}


def hyperparameters_of(step: TrainStepArgs) -> dict[str, str]:
    """Return all hyperparameters of a training job that runs by itself, as texts.

    Args:
        step: The train step.
    """
    own = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in step.hyperparameters.items()
    }
    return {**script(step), **own, **_launcher(step)}


def is_sharded(step: TrainStepArgs, channel: str) -> bool:
    """Tell whether each instance gets a share of a channel.

    Args:
        step: The train step.
        channel: The channel.
    """
    return step.sharded and channel == TRAIN_CHANNEL


def _launcher(step: TrainStepArgs) -> dict[str, str]:
    return {} if step.distribution is None else {_LAUNCHERS[step.distribution]: "true"}


def _add_spot(arguments: Json, args: PipelineDefinitionArgs, spot: SpotTraining) -> None:
    arguments["EnableManagedSpotTraining"] = True
    arguments["StoppingCondition"]["MaxWaitTimeInSeconds"] = spot.max_wait_seconds
    arguments["CheckpointConfig"] = {"S3Uri": checkpoint_uri(args), "LocalPath": CHECKPOINT_DIRECTORY}
