"""Hyperparameter tuning jobs: training jobs, each with other hyperparameters, and the best of them.

```
InProgress -> Completed | Failed
Stopping   -> Stopped        (StopHyperParameterTuningJob; its training jobs are stopped first)
```

A tuning job completes when one of its training jobs told the objective, whatever became of the others.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker import arns, state_events
from mlstack_localcloud.server.sagemaker.errors import ServiceError, not_found
from mlstack_localcloud.server.sagemaker.execution.failures import fitting
from mlstack_localcloud.server.sagemaker.execution.job_run import JobRun
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.resources.jobs import Jobs, Step, created
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.tuning.check import check
from mlstack_localcloud.server.sagemaker.tuning.search import candidates, grid_size
from mlstack_localcloud.server.sagemaker.tuning.trials import (
    OBJECTIVE,
    SORT_BY_OBJECTIVE,
    TRIALS,
    objective_of,
    overview,
    summary,
)

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import Signals
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity, Origin
    from mlstack_localcloud.server.sagemaker.resources.training_jobs import TrainingJobs

_LISTING = Listing(
    result="HyperParameterTuningJobSummaries",
    name="HyperParameterTuningJobName",
    status="HyperParameterTuningJobStatus",
    members=(
        "HyperParameterTuningJobName",
        "HyperParameterTuningJobArn",
        "HyperParameterTuningJobStatus",
        "Strategy",
        "CreationTime",
        "HyperParameterTuningEndTime",
        "LastModifiedTime",
        "TrainingJobStatusCounters",
        "ObjectiveStatusCounters",
        "ResourceLimits",
    ),
)
_TUNING_METRIC = "_tuning_objective_metric"  # What SageMaker tells each training job.
_SECONDS_BETWEEN_LOOKS = 0.2
# SageMaker gives up after as many training jobs that print no objective.
_JOBS_WITHOUT_OBJECTIVE = 5


class HyperParameterTuningJobs(Jobs[JobRun]):
    """The tuning jobs of all regions."""

    kind = arns.HYPER_PARAMETER_TUNING_JOB
    word = "HyperParameterTuning"
    said = "hyperparameter tuning"
    listing = _LISTING
    event = state_events.HYPER_PARAMETER_TUNING_JOB
    run = JobRun

    def __init__(self, training: TrainingJobs, *parts: Any) -> None:
        super().__init__(*parts)
        self._training = training

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {**super().operations(), "ListTrainingJobsForHyperParameterTuningJob": self.list_trials}

    def new_job(self, request: Document) -> Document:
        """Return the job that a request asks for, in its first state."""
        check(request)
        # A training job that would be refused is refused now.
        self._training.new_job(_training_request(request, f"{request[self._name]}-001-00000000", {}))
        return {**request, "HyperParameterTuningJobStatus": "InProgress", "_trials": [], **created()}

    def missing(self, name: str) -> Exception:
        """Return the error of a job that is not there."""
        return not_found(f"Amazon SageMaker can't find a tuning job with the name {name}.")

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List jobs."""
        found = [self._with_overview(job, caller) for job in self._store.documents(self.kind, caller.region)]
        for job in found:
            config = job["HyperParameterTuningJobConfig"]
            job.update(Strategy=config["Strategy"], ResourceLimits=config["ResourceLimits"])
        return self.listing.answer(request, found)

    def list_trials(self, request: Document, caller: Identity) -> Document:
        """List the training jobs of a tuning job."""
        job = self._existing(request[self._name], caller)
        found = self._summaries(job, caller)
        if request.get("SortBy") == SORT_BY_OBJECTIVE:
            found = [each for each in found if OBJECTIVE in each]
        return TRIALS.answer({"SortBy": "Name", **request}, found)

    def work(self, run: JobRun, caller: Origin, signals: Signals) -> Step:
        """Work through a job and return its end."""
        job = run.job
        config = job["HyperParameterTuningJobConfig"]
        most, parallel = _most_jobs(config), config["ResourceLimits"]["MaxParallelTrainingJobs"]
        waiting = iter(list(itertools.islice(candidates(config), most)))
        at_work: dict[str, str] = {}
        reason: str | None = None
        while reason is None and not signals.stop.is_set():
            self._fill(job, caller, waiting, at_work, parallel)
            if not at_work:
                break
            self._await_one(at_work, signals)
            reason = self._without_objective(job, caller)
        self._end_all(at_work, caller, signals)
        if signals.stop.is_set():
            return Step("Stopped")
        return self._outcome(job, caller, reason)

    def transition(self, job: Document, step: Step) -> None:
        """Bring a job into its next state."""
        job["HyperParameterTuningJobStatus"] = step.status
        if step.status in {"Completed", "Failed", "Stopped"}:
            job["HyperParameterTuningEndTime"] = now()
        if step.reason is not None:
            job["FailureReason"] = fitting(step.reason)

    def _fill(self, job: Document, caller: Origin, waiting: Any, at_work: dict[str, str], parallel: int) -> None:
        for tuned in itertools.islice(waiting, max(0, parallel - len(at_work))):
            name = f"{job[self._name]}-{len(job['_trials']) + 1:03d}-{secrets.token_hex(4)}"
            job["_trials"].append({"name": name, "tuned": tuned})
            # Recorded first: a training job that a crash leaves behind belongs to its tuning job.
            self.record(job[self._name], caller, _trials=job["_trials"])
            arn = self._training.create(_training_request(job, name, tuned), caller)["TrainingJobArn"]
            self._training.record(name, caller, TuningJobArn=job[self._arn])
            at_work[name] = arn

    def _await_one(self, at_work: dict[str, str], signals: Signals) -> None:
        while not signals.stop.is_set():
            for name, arn in list(at_work.items()):
                if self._running.wait(arn, _SECONDS_BETWEEN_LOOKS / len(at_work)):
                    del at_work[name]
                    return

    def _end_all(self, at_work: dict[str, str], caller: Origin, signals: Signals) -> None:
        for name, arn in at_work.items():
            if signals.closing.is_set():
                return
            with contextlib.suppress(ServiceError):  # It ended in this moment.
                self._training.stop({"TrainingJobName": name}, caller)
            while not self._running.wait(arn, _SECONDS_BETWEEN_LOOKS) and not signals.closing.is_set():
                pass

    def _without_objective(self, job: Document, caller: Origin) -> str | None:
        ended = [each for each in self._summaries(job, caller) if each["ObjectiveStatus"] != "Pending"]
        completed = [each for each in ended if each["TrainingJobStatus"] == "Completed"]
        if len(completed) < _JOBS_WITHOUT_OBJECTIVE or any(OBJECTIVE in each for each in ended):
            return None
        return _no_objective(len(completed))

    def _outcome(self, job: Document, caller: Origin, reason: str | None) -> Step:
        summaries = self._summaries(job, caller)
        if any(each["ObjectiveStatus"] == "Succeeded" for each in summaries):
            return Step("Completed")
        completed = sum(each["TrainingJobStatus"] == "Completed" for each in summaries)
        if reason is None and completed:
            reason = _no_objective(completed)
        first = next((each["FailureReason"] for each in summaries if "FailureReason" in each), "")
        attempts = f"No training job succeeded after {len(summaries)} attempts. The first one: {first}"
        return Step("Failed", reason=reason or attempts)

    def _summaries(self, job: Document, caller: Identity) -> list[Document]:
        current = self._store.get(self.kind, caller.region, job[self._name]) or job
        objective = objective_of(job["HyperParameterTuningJobConfig"])
        found = (
            (trial, self._store.get(arns.TRAINING_JOB, caller.region, trial["name"])) for trial in current["_trials"]
        )
        return [summary(training, trial["tuned"], objective) for trial, training in found if training is not None]

    def _with_overview(self, job: Document, caller: Identity) -> Document:
        return {
            **job,
            **overview(self._summaries(job, caller), objective_of(job["HyperParameterTuningJobConfig"])),
        }

    def _existing(self, name: str, caller: Identity) -> Document:
        return self._with_overview(super()._existing(name, caller), caller)

    def _changed(self, job: Document, caller: Identity) -> None:
        super()._changed(self._with_overview(job, caller), caller)


def _no_objective(count: int) -> str:
    return (
        f"No objective metrics found after running {count} training jobs. Please ensure that the custom algorithm is "
        "emitting the objective metric as defined by the regular expression provided."
    )


def _most_jobs(config: Document) -> int:
    if config["Strategy"] == "Grid":
        return grid_size(config)
    return int(config["ResourceLimits"]["MaxNumberOfTrainingJobs"])


def _training_request(job: Document, name: str, tuned: dict[str, str]) -> Document:
    definition = {key: value for key, value in job["TrainingJobDefinition"].items() if key != "DefinitionName"}
    static = definition.pop("StaticHyperParameters", {})
    metric = objective_of(job["HyperParameterTuningJobConfig"])["MetricName"]
    return {**definition, "TrainingJobName": name, "HyperParameters": {**static, **tuned, _TUNING_METRIC: metric}}
