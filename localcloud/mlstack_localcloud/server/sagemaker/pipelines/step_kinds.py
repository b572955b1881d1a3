"""How each type of step is executed: the operation that it runs, how it ends, what others may read of it."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass

_LETTERS = string.ascii_letters + string.digits
_LONGEST_NAME = 63
_SUFFIX = 10
_SHORT_STEP = 7


@dataclass(frozen=True)
class StepKind:
    """A type of step that runs an operation; what differs between them.

    Attributes:
        create: The operation that the step runs.
        describe: The operation whose answer the step's properties are.
        name: The member with the name of what is made, which the run chooses; None where the service names it.
        described_by: The member of `describe` that identifies it.
        arn: The member of the answer with the ARN.
        metadata: The member of the step's Metadata that tells the ARN.
        event: The member of the event's metadata that tells the ARN.
        stop: The operation that stops it, or None for what is made at once.
        status: The member of `describe` with its status, where it is not made at once.
        short_name: Whether its name has 32 letters at most, and so only the beginning of the step's.
    """

    create: str
    describe: str
    name: str | None
    described_by: str
    arn: str
    metadata: str
    event: str
    stop: str | None = None
    status: str = ""
    short_name: bool = False


STEP_KINDS: dict[str, StepKind] = {
    "Processing": StepKind(
        create="CreateProcessingJob",
        describe="DescribeProcessingJob",
        name="ProcessingJobName",
        described_by="ProcessingJobName",
        arn="ProcessingJobArn",
        metadata="ProcessingJob",
        event="processingJob",
        stop="StopProcessingJob",
        status="ProcessingJobStatus",
    ),
    "Training": StepKind(
        create="CreateTrainingJob",
        describe="DescribeTrainingJob",
        name="TrainingJobName",
        described_by="TrainingJobName",
        arn="TrainingJobArn",
        metadata="TrainingJob",
        event="trainingJob",
        stop="StopTrainingJob",
        status="TrainingJobStatus",
    ),
    "Tuning": StepKind(
        create="CreateHyperParameterTuningJob",
        describe="DescribeHyperParameterTuningJob",
        name="HyperParameterTuningJobName",
        described_by="HyperParameterTuningJobName",
        arn="HyperParameterTuningJobArn",
        metadata="TuningJob",
        event="tuningJob",
        stop="StopHyperParameterTuningJob",
        status="HyperParameterTuningJobStatus",
        short_name=True,
    ),
    "Transform": StepKind(
        create="CreateTransformJob",
        describe="DescribeTransformJob",
        name="TransformJobName",
        described_by="TransformJobName",
        arn="TransformJobArn",
        metadata="TransformJob",
        event="transformJob",
        stop="StopTransformJob",
        status="TransformJobStatus",
    ),
    "RegisterModel": StepKind(
        create="CreateModelPackage",
        describe="DescribeModelPackage",
        name=None,
        described_by="ModelPackageName",
        arn="ModelPackageArn",
        metadata="RegisterModel",
        event="registerModel",
    ),
    "Model": StepKind(
        create="CreateModel",
        describe="DescribeModel",
        name="ModelName",
        described_by="ModelName",
        arn="ModelArn",
        metadata="Model",
        event="model",
    ),
}


def identifier_of(kind: StepKind, arn: str) -> str:
    """Return what `describe` takes for an ARN: the name at its end, or the ARN itself where that is taken."""
    return arn if kind.name is None else arn.rsplit("/", 1)[-1]


def resource_name(execution_id: str, step: str, *, short: bool = False) -> str:
    """Return the name of what a step makes, as SageMaker names it.

    Args:
        execution_id: The run.
        step: The step.
        short: Whether it is `<execution>-<step>-<random>` with 7 letters of the step; else
            `pipelines-<execution>-<step>-<random>`.
    """
    suffix = "".join(secrets.choice(_LETTERS) for _ in range(_SUFFIX))
    if short:
        return f"{execution_id}-{step[:_SHORT_STEP].rstrip('-_')}-{suffix}".replace("_", "-")
    head = f"pipelines-{execution_id}-{step}"[: _LONGEST_NAME - _SUFFIX - 1]
    return f"{head.rstrip('-_')}-{suffix}".replace("_", "-")
