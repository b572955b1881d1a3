"""Processing jobs: scripts between inputs and outputs in S3.

```
InProgress -> Completed | Failed
Stopping   -> Stopped        (StopProcessingJob, and the end of MaxRuntimeInSeconds)
```
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns, state_events
from mlstack_localcloud.server.sagemaker.errors import in_use, validation_error
from mlstack_localcloud.server.sagemaker.execution import job_process
from mlstack_localcloud.server.sagemaker.execution.failures import (
    JobError,
    exit_message,
    fitting,
    processing_failure,
)
from mlstack_localcloud.server.sagemaker.execution.job_process import Cause
from mlstack_localcloud.server.sagemaker.execution.processing_run import ProcessingRun
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.ports import Origin
from mlstack_localcloud.server.sagemaker.service_model import answer
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs, Signals
    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.state_events import StateEvents
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.PROCESSING_JOB
LOG_GROUP = "/aws/sagemaker/ProcessingJobs"
INTERRUPTED = "InternalServerError: The local cloud ended while the job ran."

_LISTING = Listing(
    result="ProcessingJobSummaries",
    name="ProcessingJobName",
    status="ProcessingJobStatus",
    members=(
        "ProcessingJobName",
        "ProcessingJobArn",
        "CreationTime",
        "ProcessingEndTime",
        "LastModifiedTime",
        "ProcessingJobStatus",
        "FailureReason",
        "ExitMessage",
    ),
    descending=False,
)
_DAY = 86_400
_log = logging.getLogger(__name__)


class ProcessingJobs:
    """The processing jobs of all regions."""

    def __init__(self, store: Store, tags: Tags, workshop: Workshop, running: RunningJobs, events: StateEvents) -> None:
        self._store = store
        self._tags = tags
        self._workshop = workshop
        self._running = running
        self._events = events

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateProcessingJob": self.create,
            "DescribeProcessingJob": self.describe,
            "ListProcessingJobs": self.list_page,
            "StopProcessingJob": self.stop,
            "DeleteProcessingJob": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Start a job."""
        _check(request)
        name = request["ProcessingJobName"]
        arn = arns.arn(caller, KIND, name)
        started = now()
        job = {
            **{key: value for key, value in request.items() if key != "Tags"},
            "ProcessingJobArn": arn,
            "ProcessingJobStatus": "InProgress",
            "CreationTime": started,
            "LastModifiedTime": started,
        }
        if not self._store.insert(KIND, caller.region, name, job):
            raise in_use(
                "Job name must be unique within an AWS account and region, and a job with this name already exists "
                f"({arn})"
            )
        self._tags.attach(arn, request)
        origin = Origin.of(caller)
        self._changed(job, origin)
        self._running.start(arn, lambda signals: self._run(job, origin, signals))
        return {"ProcessingJobArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a job."""
        return self._existing(request["ProcessingJobName"], caller)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List jobs."""
        return _LISTING.answer(request, self._store.documents(KIND, caller.region))

    def stop(self, request: Document, caller: Identity) -> Document:
        """Ask a job to end; its script has two minutes to do so."""
        job = self._existing(request["ProcessingJobName"], caller)
        if job["ProcessingJobStatus"] not in {"InProgress", "Stopping"}:
            raise validation_error(
                f"The request was rejected because the processing job is in status {job['ProcessingJobStatus']}."
            )
        self._move(job["ProcessingJobName"], Origin.of(caller), ProcessingJobStatus="Stopping")
        self._running.stop(job["ProcessingJobArn"])
        return {}

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a job that has ended."""
        job = self._existing(request["ProcessingJobName"], caller)
        if job["ProcessingJobStatus"] in {"InProgress", "Stopping"}:
            raise in_use(f"The processing job {job['ProcessingJobArn']} has not ended.")
        self._store.delete(KIND, caller.region, job["ProcessingJobName"])
        self._tags.detach(job["ProcessingJobArn"])
        return {}

    def resume(self, account: str) -> None:
        """End the jobs that ran when the daemon did: their processes went with it."""
        for region, job in self._store.everywhere(KIND):
            if job["ProcessingJobStatus"] in {"InProgress", "Stopping"}:
                caller = Origin(account, region, f"arn:aws:iam::{account}:root")
                self._end(job["ProcessingJobName"], caller, "Failed", INTERRUPTED)

    def _run(self, job: Document, caller: Origin, signals: Signals) -> None:
        name = job["ProcessingJobName"]
        directory = self._workshop.job_directory("processing", caller.region, name)
        run = ProcessingRun(job, caller.region, directory, self._workshop)
        try:
            status, reason = self._stages(run, caller, signals)
        except JobError as failure:
            status, reason = "Failed", str(failure)
            self._note(run, reason)
        except Exception:
            _log.exception("The processing job %s failed inside the local cloud", name)
            status, reason = "Failed", "InternalServerError: see the log of the local cloud."
        if signals.closing.is_set():
            return
        message = exit_message(directory)
        self._end(name, caller, status, reason, **({"ExitMessage": message} if message else {}))
        if status == "Completed":
            directory.remove()

    def _stages(self, run: ProcessingRun, caller: Origin, signals: Signals) -> tuple[str, str | None]:
        name = run.job["ProcessingJobName"]
        run.download()
        command = run.command()
        if signals.stop.is_set():
            return "Stopped", None
        self._move(name, caller, ProcessingStartTime=now())
        follower = self._workshop.job_log(LOG_GROUP, caller.region, name, run.directory.log)
        limit = run.job.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", _DAY)
        ending = job_process.run(command, follower, signals, limit)
        if ending.succeeded and not signals.closing.is_set():
            run.upload()
            return "Completed", None
        if ending.cause is Cause.EXIT:
            return "Failed", processing_failure(run.directory, ending.exit_code)
        if ending.cause is Cause.MAX_RUNTIME:
            return "Stopped", "Processing job runtime exceeded MaxRuntimeInSeconds provided"
        return "Stopped", None

    def _note(self, run: ProcessingRun, text: str) -> None:
        # What failed before the script began is in the job's log as well, where its user looks.
        with run.directory.log.open("a", encoding="utf-8") as log:
            log.write(text + "\n")
        name = run.job["ProcessingJobName"]
        self._workshop.job_log(LOG_GROUP, run.region, name, run.directory.log).pump(last=True)

    def _end(self, name: str, caller: Origin, status: str, reason: str | None, **values: object) -> None:
        if reason is not None:
            values["FailureReason"] = fitting(reason)
        self._move(name, caller, ProcessingJobStatus=status, ProcessingEndTime=now(), **values)

    def _move(self, name: str, caller: Origin, **values: object) -> None:
        job = self._store.update(KIND, caller.region, name, lambda job: job.update(values))
        if job is not None:
            self._changed(job, caller)

    def _existing(self, name: str, caller: Identity) -> Document:
        job = self._store.get(KIND, caller.region, name)
        if job is None:
            raise validation_error(f"Could not find requested job with name: {name}")
        return job

    def _changed(self, job: Document, caller: Identity) -> None:
        detail = answer("DescribeProcessingJob", job)
        self._events.changed(state_events.PROCESSING_JOB, job["ProcessingJobArn"], detail, caller)


def _check(request: Document) -> None:
    for given in request.get("ProcessingInputs", []):
        name, source = given["InputName"], given.get("S3Input")
        if source is None:
            raise validation_error(f"The processing input {name} has no S3Input; the local cloud has no datasets.")
        if source.get("S3InputMode") == "Pipe":
            raise unsupported("the input mode Pipe")
        if "LocalPath" not in source:
            raise validation_error(f"The processing input {name} has no LocalPath.")
    for output in request.get("ProcessingOutputConfig", {}).get("Outputs", []):
        name, target = output["OutputName"], output.get("S3Output")
        if target is None:
            raise validation_error(
                f"The processing output {name} has no S3Output; the local cloud has no feature store."
            )
        if "LocalPath" not in target:
            raise validation_error(f"The processing output {name} has no LocalPath.")
