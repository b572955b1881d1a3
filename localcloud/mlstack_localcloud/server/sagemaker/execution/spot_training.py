"""Managed spot training: what a job asks for, how long it may take, and what becomes of it when it is interrupted.

The interruption that the local cloud has is its own end: a job on spot instances that has checkpoints goes on from them
when the daemon starts again. A job of a pipeline or of a tuning job does not: these have failed with the daemon, and a
retry starts another job.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.execution.checkpoints import DEFAULT_DIRECTORY
from mlstack_localcloud.server.sagemaker.execution.job_process import DAY
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError, split_uri
from mlstack_localcloud.server.sagemaker.unsupported import unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

_NOT_BILLED = {"Starting", "Downloading", "Interrupted"}
_PIPELINE_PREFIX = "pipelines-"


@dataclass(frozen=True)
class Limits:
    """How long a job may still run.

    Attributes:
        seconds: For how long.
        exceeded: The secondary status of a job that took longer.
    """

    seconds: float
    exceeded: str


def check(request: Document) -> None:
    """Refuse what contradicts itself, or what the local cloud can't do.

    Args:
        request: The request of CreateTrainingJob.

    Raises:
        ServiceError: ValidationException that says why.
    """
    condition, spot = request["StoppingCondition"], request.get("EnableManagedSpotTraining", False)
    wait = condition.get("MaxWaitTimeInSeconds")
    if spot and wait is None:
        raise validation_error("MaxWaitTimeInSeconds is needed with EnableManagedSpotTraining.")
    if wait is not None and not spot:
        raise validation_error("MaxWaitTimeInSeconds is allowed with EnableManagedSpotTraining only.")
    if wait is not None and wait < condition.get("MaxRuntimeInSeconds", DAY):
        raise validation_error("Invalid MaxWaitTimeInSeconds. It must be equal to or greater than MaxRuntimeInSeconds.")
    if config := request.get("CheckpointConfig"):
        _check_checkpoints(config)


def _check_checkpoints(config: Document) -> None:
    path = config.get("LocalPath", DEFAULT_DIRECTORY)
    if not path.startswith("/opt/ml/") or ".." in path.split("/"):
        raise unsupported(f"checkpoints outside of /opt/ml (CheckpointConfig.LocalPath is {path})")
    try:
        split_uri(config["S3Uri"])
    except TransferError as error:
        raise validation_error(f"CheckpointConfig: {error}") from error


def goes_on(job: Document) -> bool:
    """Tell whether a job that was interrupted is taken up again."""
    return bool(
        job.get("EnableManagedSpotTraining")
        and job.get("CheckpointConfig")
        and job["TrainingJobStatus"] == "InProgress"
        and "TuningJobArn" not in job
        and not job["TrainingJobName"].startswith(_PIPELINE_PREFIX)
    )


def limits(job: Document, time: float) -> Limits:
    """Return how long a job may still run: what is left of its runtime, or of the wait where that is less.

    Args:
        job: The job.
        time: The time now, in seconds since 1970.
    """
    condition = job["StoppingCondition"]
    runtime = condition.get("MaxRuntimeInSeconds", DAY) - _spent(job)
    wait = condition.get("MaxWaitTimeInSeconds")
    left = runtime if wait is None else wait - (time - job["CreationTime"])
    if left < runtime:
        return Limits(left, "MaxWaitTimeExceeded")
    return Limits(runtime, "MaxRuntimeExceeded")


def billable_seconds(job: Document) -> int:
    """Return how long a job had its instances: its time without that between an interruption and the next start."""
    return max(1, round(_spent(job)))


def _spent(job: Document) -> float:
    return sum(
        float(each["EndTime"] - each["StartTime"])
        for each in job["SecondaryStatusTransitions"]
        if each["Status"] not in _NOT_BILLED and "EndTime" in each
    )
