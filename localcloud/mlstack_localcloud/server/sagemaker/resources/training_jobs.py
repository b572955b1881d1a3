"""Training jobs: scripts that leave a model.

```
InProgress: Starting -> Downloading -> Training -> Uploading -> Completed
            any of them -> Failed
Stopping:   Stopping -> Stopped          (StopTrainingJob; MaxRuntimeExceeded ends Stopped as well)
```
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns, state_events
from mlstack_localcloud.server.sagemaker.errors import in_use, not_found, validation_error
from mlstack_localcloud.server.sagemaker.execution import job_process
from mlstack_localcloud.server.sagemaker.execution.failures import JobError, fitting, training_failure
from mlstack_localcloud.server.sagemaker.execution.job_process import Cause
from mlstack_localcloud.server.sagemaker.execution.training_run import TrainingRun, metrics
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.ports import Origin
from mlstack_localcloud.server.sagemaker.service_model import answer
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import TRAINING_JOB, refuse, unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs, Signals
    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.state_events import StateEvents
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.TRAINING_JOB
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
INTERRUPTED = "InternalServerError: The local cloud ended while the job ran."

_LISTING = Listing(
    result="TrainingJobSummaries",
    name="TrainingJobName",
    status="TrainingJobStatus",
    members=(
        "TrainingJobName",
        "TrainingJobArn",
        "CreationTime",
        "TrainingEndTime",
        "LastModifiedTime",
        "TrainingJobStatus",
        "SecondaryStatus",
    ),
    descending=False,
)
# The messages of SecondaryStatusTransitions, by the documentation of DescribeTrainingJob.
_MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training job in progress",
    "Uploading": "Uploading generated training model",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
}
_DAY = 86_400
_log = logging.getLogger(__name__)


class TrainingJobs:
    """The training jobs of all regions."""

    def __init__(self, store: Store, tags: Tags, workshop: Workshop, running: RunningJobs, events: StateEvents) -> None:
        self._store = store
        self._tags = tags
        self._workshop = workshop
        self._running = running
        self._events = events

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateTrainingJob": self.create,
            "DescribeTrainingJob": self.describe,
            "ListTrainingJobs": self.list_page,
            "StopTrainingJob": self.stop,
            "DeleteTrainingJob": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Start a job."""
        _check(request)
        name = request["TrainingJobName"]
        arn = arns.arn(caller, KIND, name)
        job = _new_job(request, arn)
        if not self._store.insert(KIND, caller.region, name, job):
            raise in_use(
                "Job name must be unique within an AWS account and region, and a job with this name already exists "
                f"({arn})"
            )
        self._tags.attach(arn, request)
        origin = Origin.of(caller)
        self._changed(job, origin)
        self._running.start(arn, lambda signals: self._run(job, origin, signals))
        return {"TrainingJobArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a job."""
        return self._existing(request["TrainingJobName"], caller)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List jobs."""
        return _LISTING.answer(request, self._store.documents(KIND, caller.region))

    def stop(self, request: Document, caller: Identity) -> Document:
        """Ask a job to end; its script has two minutes to do so, and its model is kept."""
        job = self._existing(request["TrainingJobName"], caller)
        if job["TrainingJobStatus"] not in {"InProgress", "Stopping"}:
            raise validation_error(
                f"The request was rejected because the training job is in status {job['TrainingJobStatus']}."
            )
        self._move(job["TrainingJobName"], Origin.of(caller), "Stopping", "Stopping")
        self._running.stop(job["TrainingJobArn"])
        return {}

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a job that has ended."""
        job = self._existing(request["TrainingJobName"], caller)
        if job["TrainingJobStatus"] in {"InProgress", "Stopping"}:
            raise in_use(f"The training job {job['TrainingJobArn']} has not ended.")
        self._store.delete(KIND, caller.region, job["TrainingJobName"])
        self._tags.detach(job["TrainingJobArn"])
        return {}

    def resume(self, account: str) -> None:
        """End the jobs that ran when the daemon did: their processes went with it."""
        for region, job in self._store.everywhere(KIND):
            if job["TrainingJobStatus"] in {"InProgress", "Stopping"}:
                caller = Origin(account, region, f"arn:aws:iam::{account}:root")
                self._move(job["TrainingJobName"], caller, "Failed", "Failed", INTERRUPTED)

    def _run(self, job: Document, caller: Origin, signals: Signals) -> None:
        name = job["TrainingJobName"]
        directory = self._workshop.job_directory("training", caller.region, name)
        run = TrainingRun(job, caller.region, directory, self._workshop)
        try:
            status, secondary, reason = self._stages(run, caller, signals)
        except JobError as failure:
            status, secondary, reason = "Failed", "Failed", str(failure)
            self._note(run, str(failure))
        except Exception:
            _log.exception("The training job %s failed inside the local cloud", name)
            status, secondary, reason = "Failed", "Failed", "InternalServerError: see the log of the local cloud."
        if signals.closing.is_set():
            return
        self._move(name, caller, status, secondary, reason)
        if status == "Completed":
            directory.remove()

    def _stages(self, run: TrainingRun, caller: Origin, signals: Signals) -> tuple[str, str, str | None]:
        job, name = run.job, run.job["TrainingJobName"]
        self._move(name, caller, "InProgress", "Downloading")
        run.download()
        command = run.command()
        if signals.stop.is_set():
            return "Stopped", "Stopped", None
        self._move(name, caller, "InProgress", "Training")
        follower = self._workshop.job_log(LOG_GROUP, caller.region, name, run.directory.log)
        definitions = job["AlgorithmSpecification"].get("MetricDefinitions", [])
        values: dict[str, Document] = {}
        ending = job_process.run(
            command,
            follower,
            signals,
            job["StoppingCondition"].get("MaxRuntimeInSeconds", _DAY),
            lambda lines: values.update(metrics(definitions, lines, now())),
        )
        if signals.closing.is_set():
            return "Failed", "Failed", INTERRUPTED
        self._record(name, caller, FinalMetricDataList=list(values.values()), TrainingEndTime=now())
        if ending.cause is Cause.EXIT and ending.exit_code != 0:
            return "Failed", "Failed", training_failure(run.directory, command, ending.exit_code)
        self._move(name, caller, "InProgress" if ending.succeeded else "Stopping", "Uploading")
        run.upload()
        if ending.cause is Cause.STOPPED:
            return "Stopped", "Stopped", None
        if ending.cause is Cause.MAX_RUNTIME:
            return "Stopped", "MaxRuntimeExceeded", None
        return "Completed", "Completed", None

    def _note(self, run: TrainingRun, text: str) -> None:
        # What failed before the script began is in the job's log as well, where its user looks.
        with run.directory.log.open("a", encoding="utf-8") as log:
            log.write(text + "\n")
        name = run.job["TrainingJobName"]
        self._workshop.job_log(LOG_GROUP, run.region, name, run.directory.log).pump(last=True)

    def _record(self, name: str, caller: Origin, **values: object) -> None:
        self._store.update(KIND, caller.region, name, lambda job: job.update(values))

    def _move(self, name: str, caller: Origin, status: str, secondary: str, reason: str | None = None) -> None:
        job = self._store.update(KIND, caller.region, name, lambda job: _transition(job, status, secondary, reason))
        if job is not None:
            self._changed(job, caller)

    def _existing(self, name: str, caller: Identity) -> Document:
        job = self._store.get(KIND, caller.region, name)
        if job is None:
            raise not_found("Requested resource not found.")
        return job

    def _changed(self, job: Document, caller: Identity) -> None:
        detail = answer("DescribeTrainingJob", job)
        self._events.changed(state_events.TRAINING_JOB, job["TrainingJobArn"], detail, caller)


def _check(request: Document) -> None:
    refuse(request, TRAINING_JOB)
    modes = {channel.get("InputMode") for channel in request.get("InputDataConfig", [])}
    if "Pipe" in modes | {request["AlgorithmSpecification"]["TrainingInputMode"]}:
        raise unsupported("the input mode Pipe")
    for channel in request.get("InputDataConfig", []):
        name = channel["ChannelName"]
        source = channel["DataSource"].get("S3DataSource")
        if source is None:
            raise validation_error(f"The channel {name} has no S3DataSource; the local cloud has no file systems.")
        if source["S3DataType"] not in {"S3Prefix", "ManifestFile"}:
            raise validation_error(f"The local cloud does not read {source['S3DataType']} (channel {name}).")
    for definition in request["AlgorithmSpecification"].get("MetricDefinitions", []):
        try:
            re.compile(definition["Regex"])
        except re.error as error:
            raise validation_error(f"The regular expression of the metric {definition['Name']}: {error}") from error


def _new_job(request: Document, arn: str) -> Document:
    name = request["TrainingJobName"]
    output = request["OutputDataConfig"]
    folder = f"{output['S3OutputPath'].rstrip('/')}/{name}/output/"
    packed = output.get("CompressionType", "GZIP") != "NONE"
    started = now()
    job = {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
        **{key: value for key, value in request.items() if key != "Tags"},
        "TrainingJobArn": arn,
        "ModelArtifacts": {"S3ModelArtifacts": folder + ("model.tar.gz" if packed else "model/")},
        "CreationTime": started,
        "LastModifiedTime": started,
        "SecondaryStatusTransitions": [],
    }
    _transition(job, "InProgress", "Starting", None)
    return job


def _transition(job: Document, status: str, secondary: str, reason: str | None) -> None:
    time = now()
    if status == "InProgress" and job.get("TrainingJobStatus") == "Stopping":
        status = "Stopping"
    transitions = job["SecondaryStatusTransitions"]
    if transitions:
        transitions[-1]["EndTime"] = time
    transitions.append({"Status": secondary, "StartTime": time, "StatusMessage": _MESSAGES[secondary]})
    job["TrainingJobStatus"], job["SecondaryStatus"] = status, secondary
    if secondary == "Training":
        job["TrainingStartTime"] = time
    if status in {"Completed", "Failed", "Stopped"}:
        transitions[-1]["EndTime"] = time
        job["TrainingEndTime"] = time
        seconds = max(1, round(time - job.get("TrainingStartTime", time)))
        job["TrainingTimeInSeconds"] = job["BillableTimeInSeconds"] = seconds
    if reason is not None:
        job["FailureReason"] = fitting(reason)
        transitions[-1]["StatusMessage"] = fitting(reason)
