"""Processing jobs: scripts between inputs and outputs in S3.

```
InProgress -> Completed | Failed
Stopping   -> Stopped        (StopProcessingJob, and the end of MaxRuntimeInSeconds)
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns, state_events
from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.execution import job_process
from mlstack_localcloud.server.sagemaker.execution.failures import (
    exit_message,
    fitting,
    processing_failure,
)
from mlstack_localcloud.server.sagemaker.execution.job_process import Cause
from mlstack_localcloud.server.sagemaker.execution.processing_run import ProcessingRun
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.resources.jobs import Jobs, Step, created
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import Signals
    from mlstack_localcloud.server.sagemaker.ports import Document, Origin

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


class ProcessingJobs(Jobs[ProcessingRun]):
    """The processing jobs of all regions."""

    kind = arns.PROCESSING_JOB
    word = "Processing"
    said = "processing"
    listing = _LISTING
    event = state_events.PROCESSING_JOB
    run = ProcessingRun

    def new_job(self, request: Document) -> Document:
        """Return the job that a request asks for, in its first state."""
        _check(request)
        return {**request, "ProcessingJobStatus": "InProgress", **created()}

    def missing(self, name: str) -> Exception:
        """Return the error of a job that is not there."""
        return validation_error(f"Could not find requested job with name: {name}")

    def work(self, run: ProcessingRun, caller: Origin, signals: Signals) -> Step:
        """Work through a job and return its end."""
        run.download()
        command = run.command()
        if signals.stop.is_set():
            return Step("Stopped")
        self.move(run.job["ProcessingJobName"], caller, Step("InProgress"), ProcessingStartTime=now())
        limit = run.job.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", job_process.DAY)
        ending = job_process.run(command, self.log(run), signals, limit)
        if ending.succeeded and not signals.closing.is_set():
            run.upload()
            run.publish()
            return Step("Completed")
        if ending.cause is Cause.EXIT:
            return Step("Failed", reason=processing_failure(run.directory, ending.exit_code))
        if ending.cause is Cause.MAX_RUNTIME:
            return Step("Stopped", reason="Processing job runtime exceeded MaxRuntimeInSeconds provided")
        return Step("Stopped")

    def transition(self, job: Document, step: Step) -> None:
        """Bring a job into its next state."""
        if step.status != "InProgress":  # A job that was told to stop while it started goes on stopping.
            job["ProcessingJobStatus"] = step.status
        if step.status in {"Completed", "Failed", "Stopped"}:
            job["ProcessingEndTime"] = now()
        if step.reason is not None:
            job["FailureReason"] = fitting(step.reason)

    def last_words(self, run: ProcessingRun) -> Document:
        """Return the message that the job left, if it left one."""
        message = exit_message(run.directory)
        return {"ExitMessage": message} if message else {}


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
