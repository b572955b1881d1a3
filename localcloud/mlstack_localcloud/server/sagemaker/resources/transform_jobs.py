"""Transform jobs: files of records in S3, scored by a model.

```
InProgress -> Completed | Failed
Stopping   -> Stopped        (StopTransformJob)
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker import arns, state_events
from mlstack_localcloud.server.sagemaker.errors import not_found, validation_error
from mlstack_localcloud.server.sagemaker.execution.failures import JobError, fitting
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.resources.jobs import Jobs, Step, created
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.transform.filters import FilterError
from mlstack_localcloud.server.sagemaker.transform.records import CSV, JSON, JSON_LINES, Shaping
from mlstack_localcloud.server.sagemaker.transform.run import TransformRun
from mlstack_localcloud.server.sagemaker.unsupported import refuse, unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import Signals
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity, Origin
    from mlstack_localcloud.server.sagemaker.resources.models import Models

_LISTING = Listing(
    result="TransformJobSummaries",
    name="TransformJobName",
    status="TransformJobStatus",
    members=(
        "TransformJobName",
        "TransformJobArn",
        "CreationTime",
        "TransformEndTime",
        "LastModifiedTime",
        "TransformJobStatus",
        "FailureReason",
    ),
)
_MOST_MEGABYTES = 100


class TransformJobs(Jobs[TransformRun]):
    """The transform jobs of all regions.

    Args:
        models: What they score with.
    """

    kind = arns.TRANSFORM_JOB
    word = "Transform"
    said = "transform"
    listing = _LISTING
    event = state_events.TRANSFORM_JOB
    run = TransformRun

    def __init__(self, models: Models, *parts: Any) -> None:
        super().__init__(*parts)
        self._models = models

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names; SageMaker has none that deletes a transform job."""
        return {name: each for name, each in super().operations().items() if not name.startswith("Delete")}

    def create(self, request: Document, caller: Identity) -> Document:
        """Start a job, with the model's container as it is now."""
        container = self._models.served_container(request["ModelName"], caller)
        return super().create({**request, "_container": container}, caller)

    def new_job(self, request: Document) -> Document:
        """Return the job that a request asks for, in its first state; its role is the model's."""
        _check(request)
        role = request["_container"]["_role"]
        return {**request, "RoleArn": role, "TransformJobStatus": "InProgress", **created()}

    def missing(self, name: str) -> Exception:
        """Return the error of a job that is not there."""
        del name
        return not_found("Requested resource not found.")

    def work(self, run: TransformRun, caller: Origin, signals: Signals) -> Step:
        """Work through a job and return its end; what was scored before it failed or stopped is kept."""
        failures: list[str] = []
        try:
            inputs = run.inputs()
            self.move(run.job["TransformJobName"], caller, Step("InProgress"), TransformStartTime=now())
            run.start(signals.stop)
            for uri, name in inputs:
                if signals.stop.is_set():
                    break
                try:
                    run.score(uri, name, signals)
                except JobError as failure:
                    failures.append(str(failure))
                    run.directory.note(str(failure))
        except JobError:
            # A model that is being waited for gives up when the job is told to stop.
            if not signals.stop.is_set():
                raise
        finally:
            run.close()
        if signals.stop.is_set():
            return Step("Stopped")
        if failures:
            self.log(run).pump(last=True)
            return Step("Failed", reason=f"{failures[0]} ({len(failures)} of {len(inputs)} objects failed)")
        return Step("Completed")

    def transition(self, job: Document, step: Step) -> None:
        """Bring a job into its next state."""
        if step.status != "InProgress":  # A job that was told to stop while it started goes on stopping.
            job["TransformJobStatus"] = step.status
        if step.status in {"Completed", "Failed", "Stopped"}:
            job["TransformEndTime"] = now()
        if step.reason is not None:
            job["FailureReason"] = fitting(step.reason)


def _check(request: Document) -> None:
    refuse(request, ("DataCaptureConfig",))
    given, output = request["TransformInput"], request["TransformOutput"]
    source = given["DataSource"]["S3DataSource"]
    if source["S3DataType"] != "S3Prefix":
        raise unsupported(f"the input {source['S3DataType']} of transform jobs")
    split, assembled = given.get("SplitType", "None"), output.get("AssembleWith", "None")
    if split not in {"None", "Line"}:
        raise unsupported(f"the split type {split}")
    if split == "None" and request.get("BatchStrategy") == "SingleRecord":
        raise validation_error("BatchStrategy SingleRecord needs the SplitType Line, RecordIO or TFRecord.")
    megabytes, concurrent = request.get("MaxPayloadInMB", 6), request.get("MaxConcurrentTransforms", 0)
    if megabytes == 0:
        raise unsupported("the MaxPayloadInMB 0, payloads without a limit")
    if megabytes * max(1, concurrent) > _MOST_MEGABYTES:
        raise validation_error(
            f"MaxConcurrentTransforms times MaxPayloadInMB must not exceed {_MOST_MEGABYTES} MB; it is "
            f"{megabytes * concurrent} MB."
        )
    _check_processing(request, split, assembled)


def _check_processing(request: Document, split: str, assembled: str) -> None:
    try:
        shaping = Shaping.of(request)
    except FilterError as error:
        raise validation_error(str(error)) from error
    if not shaping.looks_inside:
        return
    if shaping.content_type not in {CSV, JSON, JSON_LINES}:
        raise validation_error(f"DataProcessing needs the content type {CSV}, {JSON} or {JSON_LINES}.")
    if shaping.join and split != assembled:
        raise validation_error("JoinSource Input needs the same SplitType and AssembleWith, both None or both Line.")
