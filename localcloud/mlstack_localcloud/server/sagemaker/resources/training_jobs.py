"""Training jobs: scripts that leave a model.

```
InProgress: Starting -> Downloading -> Training -> Uploading -> Completed
            any of them -> Failed
            Training -> Interrupted -> Starting ...   (managed spot training, when the daemon ended meanwhile)
Stopping:   Stopping -> Stopped          (StopTrainingJob; MaxRuntimeExceeded ends Stopped as well)
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns, state_events
from mlstack_localcloud.server.sagemaker.errors import not_found, validation_error
from mlstack_localcloud.server.sagemaker.execution import spot_training
from mlstack_localcloud.server.sagemaker.execution.failures import fitting
from mlstack_localcloud.server.sagemaker.execution.job_process import Cause
from mlstack_localcloud.server.sagemaker.execution.training_cluster import TrainingCluster
from mlstack_localcloud.server.sagemaker.execution.training_run import TrainingRun, metrics
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.resources.jobs import INTERRUPTED, Jobs, Step, created
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import RESOURCE_CONFIG, TRAINING_JOB, refuse, unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import Signals
    from mlstack_localcloud.server.sagemaker.ports import Document, Origin

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
    "Interrupted": "Training job interrupted: the local cloud ended",
    "MaxWaitTimeExceeded": "Training job runtime exceeded MaxWaitTimeInSeconds provided",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
}


class TrainingJobs(Jobs[TrainingRun]):
    """The training jobs of all regions."""

    kind = arns.TRAINING_JOB
    word = "Training"
    said = "training"
    listing = _LISTING
    event = state_events.TRAINING_JOB
    run = TrainingRun

    def new_job(self, request: Document) -> Document:
        """Return the job that a request asks for, in its first state."""
        _check(request)
        output = request["OutputDataConfig"]
        folder = f"{output['S3OutputPath'].rstrip('/')}/{request['TrainingJobName']}/output/"
        packed = output.get("CompressionType", "GZIP") != "NONE"
        job = {
            "EnableNetworkIsolation": False,
            "EnableInterContainerTrafficEncryption": False,
            "EnableManagedSpotTraining": False,
            **request,
            "ModelArtifacts": {"S3ModelArtifacts": folder + ("model.tar.gz" if packed else "model/")},
            "SecondaryStatusTransitions": [],
            **created(),
        }
        self.transition(job, Step("InProgress", "Starting"))
        return job

    def missing(self, name: str) -> Exception:
        """Return the error of a job that is not there."""
        del name
        return not_found("Requested resource not found.")

    def work(self, run: TrainingRun, caller: Origin, signals: Signals) -> Step:
        """Work through a job and return its end; the model of a job that was stopped is kept."""
        job, name = run.job, run.job["TrainingJobName"]
        self.move(name, caller, Step("InProgress", "Downloading"))
        cluster = TrainingCluster(run)
        cluster.prepare()
        if signals.stop.is_set():
            return Step("Stopped")
        self.move(name, caller, Step("InProgress", "Training"))
        definitions = job["AlgorithmSpecification"].get("MetricDefinitions", [])
        values: dict[str, Document] = {}
        limits = spot_training.limits(job, now())
        ending = cluster.run(
            lambda host: self.log(host, host.hosts[host.host]),
            signals,
            limits.seconds,
            lambda lines: values.update(metrics(definitions, lines, now())),
        )
        if signals.closing.is_set():
            return Step("Failed", reason=INTERRUPTED)
        self.record(name, caller, FinalMetricDataList=list(values.values()), TrainingEndTime=now())
        if ending.cause is Cause.EXIT and ending.exit_code != 0:
            return Step("Failed", reason=cluster.failure(ending))
        self.move(name, caller, Step("InProgress" if ending.succeeded else "Stopping", "Uploading"))
        cluster.upload()
        if ending.cause is Cause.STOPPED:
            return Step("Stopped")
        if ending.cause is Cause.MAX_RUNTIME:
            return Step("Stopped", limits.exceeded)
        cluster.remove()
        return Step("Completed")

    def interrupted(self, job: Document, caller: Origin) -> None:
        """Take a job on spot instances up again from its checkpoints, as SageMaker does; any other has failed."""
        if not spot_training.goes_on(job):
            super().interrupted(job, caller)
            return
        name = job["TrainingJobName"]
        # Its last sign of life, for since then nothing was trained.
        ended = self._workshop.last_output(self.word.lower(), caller.region, name) or now()
        job["SecondaryStatusTransitions"][-1]["EndTime"] = ended
        transitions = job["SecondaryStatusTransitions"]
        self.move(name, caller, Step("InProgress", "Interrupted"), SecondaryStatusTransitions=transitions)
        if spot_training.limits(job, now()).seconds <= 0:
            self.move(name, caller, Step("Stopped", "MaxWaitTimeExceeded"))
            return
        self.move(name, caller, Step("InProgress", "Starting"))
        again = self._store.get(self.kind, caller.region, name)
        if again is not None:
            self.start(again, caller)

    def transition(self, job: Document, step: Step) -> None:
        """Bring a job into its next state."""
        time, status, secondary = now(), step.status, step.secondary or step.status
        if status == "InProgress" and job.get("TrainingJobStatus") == "Stopping":
            status = "Stopping"
        transitions = job["SecondaryStatusTransitions"]
        if transitions:
            transitions[-1].setdefault("EndTime", time)
        transitions.append({"Status": secondary, "StartTime": time, "StatusMessage": _MESSAGES[secondary]})
        job["TrainingJobStatus"], job["SecondaryStatus"] = status, secondary
        if secondary == "Training":
            job.setdefault("TrainingStartTime", time)
        if status in {"Completed", "Failed", "Stopped"}:
            transitions[-1]["EndTime"] = time
            job["TrainingEndTime"] = time
            job["TrainingTimeInSeconds"] = max(1, round(time - job.get("TrainingStartTime", time)))
            job["BillableTimeInSeconds"] = spot_training.billable_seconds(job)
        if step.reason is not None:
            job["FailureReason"] = transitions[-1]["StatusMessage"] = fitting(step.reason)


def _check(request: Document) -> None:
    refuse(request, TRAINING_JOB)
    refuse(request["ResourceConfig"], RESOURCE_CONFIG)
    spot_training.check(request)
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
