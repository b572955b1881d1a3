"""A run of the training pipeline as frozen data: the execution, its steps, and the jobs behind them.

`read_execution` takes one picture of it; `changes` tells two pictures apart. Nothing here prints or waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mlstack.training.tuning import Tuning

FINISHED = frozenset({"Succeeded", "Failed", "Stopped", "CompletedWithFailures"})
WAITING = "Waiting"

JobKind = Literal["ProcessingJobs", "TrainingJobs", "TransformJobs", "HyperParameterTuningJobs"]
_JOBS: Mapping[str, JobKind] = {
    "ProcessingJob": "ProcessingJobs",
    "TrainingJob": "TrainingJobs",
    "TransformJob": "TransformJobs",
    "TuningJob": "HyperParameterTuningJobs",
}


@dataclass(frozen=True)
class Job:
    """The job behind a step.

    Attributes:
        kind: As CloudWatch Logs names the group: `ProcessingJobs`, `TrainingJobs` or `TransformJobs`; a tuning job has
            none of its own, for its training jobs do the work.
        name: The job's name.
    """

    kind: JobKind
    name: str


@dataclass(frozen=True)
class Step:
    """One step of an execution.

    Attributes:
        name: The step's name in the pipeline.
        type: `Processing`, `Training`, `Tuning`, `Condition`, `RegisterModel` or `Fail`; empty where unknown.
        status: `Waiting` until it starts, then SageMaker's step status.
        started_at: When it started, or None.
        ended_at: When it ended, or None.
        failure_reason: SageMaker's reason, or None.
        job: The job it runs, or None.
        model_package_arn: The model package it registered, or None.
        outcome: `True` or `False` of a condition step, or None.
        reused: Whether its results come from an earlier execution.
        tuning: How far its tuning job is, or None where it has none.
    """

    name: str
    type: str = ""
    status: str = WAITING
    started_at: datetime | None = None
    ended_at: datetime | None = None
    failure_reason: str | None = None
    job: Job | None = None
    model_package_arn: str | None = None
    outcome: str | None = None
    reused: bool = False
    tuning: Tuning | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took, or None while it runs."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max((self.ended_at - self.started_at).total_seconds(), 0.0)


@dataclass(frozen=True)
class Execution:
    """One picture of a pipeline execution.

    Attributes:
        arn: Its ARN.
        status: SageMaker's status.
        steps: All steps of the pipeline in its order, those that have not started included.
        started_at: When it was started, or None where the picture does not say.
        failure_reason: SageMaker's reason, or None.
        selected: The steps that it was told to run; empty for all.
    """

    arn: str
    status: str
    steps: tuple[Step, ...] = field(default=())
    started_at: datetime | None = None
    failure_reason: str | None = None
    selected: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The last part of the ARN, which names the execution in its pipeline."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in FINISHED

    @property
    def model_package_arn(self) -> str | None:
        """The model package that this execution itself registered, or None."""
        return next((step.model_package_arn for step in self.steps if step.model_package_arn and not step.reused), None)

    @property
    def tuning(self) -> Tuning | None:
        """What tuning found so far; None where nothing is tuned."""
        return next((step.tuning for step in self.steps if step.tuning is not None), None)

    @property
    def gate_outcome(self) -> bool | None:
        """What the gate decided; None where it was not reached."""
        return next((step.outcome == "True" for step in self.steps if step.outcome is not None), None)

    @property
    def failed_steps(self) -> tuple[Step, ...]:
        """The failed steps, except the one by which the gate ends a run."""
        return tuple(step for step in self.steps if step.status == "Failed" and step.type != "Fail")


@dataclass(frozen=True)
class DefinedStep:
    """A step as the pipeline definition lists it.

    Attributes:
        name: Its name.
        type: Its type.
        needs: The steps whose results or end it waits for.
        branch: Whether it runs only when a condition chose it.
    """

    name: str
    type: str
    needs: frozenset[str]
    branch: bool = False


def defined_steps(definition: Mapping[str, Any]) -> tuple[DefinedStep, ...]:
    """List the steps of a pipeline definition, those in the branches of a condition after it."""
    found: list[DefinedStep] = []
    for step in definition.get("Steps", []):
        arguments = dict(step.get("Arguments", {}))
        branches = [*arguments.pop("IfSteps", []), *arguments.pop("ElseSteps", [])] if _is_condition(step) else []
        needs = _references(arguments) | {str(name) for name in step.get("DependsOn", [])}
        found.append(DefinedStep(step["Name"], step.get("Type", ""), frozenset(needs)))
        for inner in branches:
            needs = _references(inner.get("Arguments", {})) | {step["Name"]}
            found.append(DefinedStep(inner["Name"], inner.get("Type", ""), frozenset(needs), branch=True))
    return tuple(found)


def _is_condition(step: Mapping[str, Any]) -> bool:
    return step.get("Type") == "Condition"


def _references(value: object) -> set[str]:
    """Names of the steps that `{"Get": "Steps.<name>.…"}` anywhere below points to."""
    if isinstance(value, dict):
        target = value.get("Get")
        own = {target.split(".")[1].split("[")[0]} if isinstance(target, str) and target.startswith("Steps.") else set()
        return own.union(*(_references(entry) for entry in value.values()))
    if isinstance(value, list):
        return set().union(*(_references(entry) for entry in value))
    return set()


def picture(
    description: Mapping[str, Any], listed: Sequence[Mapping[str, Any]], defined: Sequence[DefinedStep]
) -> Execution:
    """Put one picture together.

    Args:
        description: DescribePipelineExecution's answer.
        listed: ListPipelineExecutionSteps' entries.
        defined: The pipeline's steps.

    Returns:
        The execution with every step of the pipeline, also those that have not started.
    """
    started = {entry["StepName"]: entry for entry in listed}
    steps = [_step(started.pop(step.name, None), step) for step in defined]
    steps += [_step(entry, DefinedStep(name, "", frozenset())) for name, entry in started.items()]
    return Execution(
        arn=description["PipelineExecutionArn"],
        status=description["PipelineExecutionStatus"],
        steps=tuple(steps),
        started_at=description.get("CreationTime"),
        failure_reason=description.get("FailureReason"),
        selected=tuple(
            step["StepName"] for step in description.get("SelectiveExecutionConfig", {}).get("SelectedSteps", [])
        ),
    )


def _step(entry: Mapping[str, Any] | None, defined: DefinedStep) -> Step:
    if entry is None:
        return Step(defined.name, defined.type)
    metadata = entry.get("Metadata", {})
    job = next(
        (Job(kind, metadata[key]["Arn"].rsplit("/", 1)[-1]) for key, kind in _JOBS.items() if key in metadata), None
    )
    return Step(
        name=defined.name,
        type=defined.type,
        status=entry.get("StepStatus", WAITING),
        started_at=entry.get("StartTime"),
        ended_at=entry.get("EndTime"),
        failure_reason=entry.get("FailureReason"),
        job=job,
        model_package_arn=metadata.get("RegisterModel", {}).get("Arn"),
        outcome=metadata.get("Condition", {}).get("Outcome"),
        reused="SelectiveExecutionResult" in entry,
    )


def changes(before: Execution | None, after: Execution) -> tuple[Step, ...]:
    """The steps whose status or tuning differs between two pictures."""
    known = {step.name: (step.status, step.tuning) for step in before.steps} if before else {}
    return tuple(step for step in after.steps if (step.status, step.tuning) != known.get(step.name, (WAITING, None)))
