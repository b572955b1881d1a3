"""What jobs of every kind share: created, described, listed, stopped, deleted, and worked through on a thread.

A kind of job is a subclass: it names itself, checks and completes a request, and does the work between `InProgress` and
its end.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import in_use, validation_error
from mlstack_localcloud.server.sagemaker.execution.failures import JobError
from mlstack_localcloud.server.sagemaker.execution.job_run import JobRun
from mlstack_localcloud.server.sagemaker.ports import Origin
from mlstack_localcloud.server.sagemaker.service_model import answer
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.logs import LogFollower
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs, Signals
    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.listing import Listing
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.state_events import StateEvents
    from mlstack_localcloud.server.sagemaker.store import Store

INTERRUPTED = "InternalServerError: The local cloud ended while the job ran."
_AT_WORK = {"InProgress", "Stopping"}
_log = logging.getLogger(__name__)
Run = TypeVar("Run", bound=JobRun)


@dataclass(frozen=True)
class Step:
    """A job's next state.

    Attributes:
        status: Its status, such as `Completed`.
        secondary: What it does there, where its kind has such a status; else the status itself.
        reason: Its FailureReason, or None.
    """

    status: str
    secondary: str = ""
    reason: str | None = None


class Jobs(ABC, Generic[Run]):
    """The jobs of one kind, of all regions.

    Attributes:
        kind: The kind as ARNs name it, such as `training-job`.
        word: The kind as operations and members name it: `Training` for CreateTrainingJob and TrainingJobName.
        said: The kind as messages name it: `training`.
        listing: How its jobs are listed.
        event: The detail type of its state changes.
        run: What works through one of its jobs.
    """

    kind: ClassVar[str]
    word: ClassVar[str]
    said: ClassVar[str]
    listing: ClassVar[Listing]
    event: ClassVar[str]
    run: ClassVar[type[JobRun]]

    def __init__(self, store: Store, tags: Tags, workshop: Workshop, running: RunningJobs, events: StateEvents) -> None:
        self._store = store
        self._tags = tags
        self._workshop = workshop
        self._running = running
        self._events = events
        self._name, self._arn, self._status = (f"{self.word}Job{member}" for member in ("Name", "Arn", "Status"))

    @abstractmethod
    def new_job(self, request: Document) -> Document:
        """Return the job that a request asks for, in its first state.

        Args:
            request: The request, without its tags; it has the job's ARN already.

        Raises:
            ServiceError: The request cannot be fulfilled.
        """

    @abstractmethod
    def missing(self, name: str) -> Exception:
        """Return the error of a job that is not there."""

    @abstractmethod
    def work(self, run: Run, caller: Origin, signals: Signals) -> Step:
        """Work through a job and return its end.

        Raises:
            JobError: It cannot go on.
        """

    @abstractmethod
    def transition(self, job: Document, step: Step) -> None:
        """Bring a job into its next state."""

    def last_words(self, run: Run) -> Document:
        """Return the members that a job's end adds, beside those of its state."""
        del run
        return {}

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            f"Create{self.word}Job": self.create,
            f"Describe{self.word}Job": self.describe,
            f"List{self.word}Jobs": self.list_page,
            f"Stop{self.word}Job": self.stop,
            f"Delete{self.word}Job": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Start a job."""
        name = request[self._name]
        arn = arns.arn(caller, self.kind, name)
        job = self.new_job({**{key: value for key, value in request.items() if key != "Tags"}, self._arn: arn})
        if not self._store.insert(self.kind, caller.region, name, job):
            raise in_use(
                "Job name must be unique within an AWS account and region, and a job with this name already exists "
                f"({arn})"
            )
        self._tags.attach(arn, request)
        origin = Origin.of(caller)
        self._changed(job, origin)
        self.start(job, origin)
        return {self._arn: arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a job."""
        return self._existing(request[self._name], caller)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List jobs."""
        return self.listing.answer(request, self._store.documents(self.kind, caller.region))

    def stop(self, request: Document, caller: Identity) -> Document:
        """Ask a job to end; its script has two minutes to do so."""
        job = self._existing(request[self._name], caller)
        if job[self._status] not in _AT_WORK:
            raise validation_error(
                f"The request was rejected because the {self.said} job is in status {job[self._status]}."
            )
        self.move(job[self._name], Origin.of(caller), Step("Stopping"))
        self._running.stop(job[self._arn])
        return {}

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a job that has ended."""
        job = self._existing(request[self._name], caller)
        if job[self._status] in _AT_WORK:
            raise in_use(f"The {self.said} job {job[self._arn]} has not ended.")
        self._store.delete(self.kind, caller.region, job[self._name])
        self._tags.detach(job[self._arn])
        return {}

    def resume(self, account: str) -> None:
        """End or take up again the jobs that ran when the daemon did: their processes went with it."""
        for region, job in self._store.everywhere(self.kind):
            if job[self._status] in _AT_WORK:
                self.interrupted(job, Origin(account, region, f"arn:aws:iam::{account}:root"))

    def interrupted(self, job: Document, caller: Origin) -> None:
        """Do what becomes of a job that the daemon's end interrupted: it has failed."""
        self.move(job[self._name], caller, Step("Failed", reason=INTERRUPTED))

    def start(self, job: Document, caller: Origin) -> None:
        """Work through a job on a thread of its own."""
        self._running.start(job[self._arn], lambda signals: self._run(job, caller, signals))

    def move(self, name: str, caller: Origin, step: Step, **values: object) -> None:
        """Bring a job into its next state and tell so.

        Args:
            name: The job.
            caller: In whose region.
            step: The state.
            values: Other members that change with it.
        """

        def change(job: Document) -> None:
            job.update(values)
            self.transition(job, step)

        job = self._store.update(self.kind, caller.region, name, change)
        if job is not None:
            self._changed(job, caller)

    def record(self, name: str, caller: Origin, **values: object) -> None:
        """Change members of a job, and tell nobody."""
        self._store.update(self.kind, caller.region, name, lambda job: job.update(values))

    def log(self, run: JobRun, host: str = "algo-1") -> LogFollower:
        """Return what sends the log of a job's host to CloudWatch Logs."""
        return self._workshop.job_log(
            f"/aws/sagemaker/{self.word}Jobs",
            run.region,
            run.job[self._name],
            run.directory.log,
            role_arn=run.job.get("RoleArn"),
            host=host,
        )

    def _run(self, job: Document, caller: Origin, signals: Signals) -> None:
        name = job[self._name]
        directory = self._workshop.job_directory(self.word.lower(), caller.region, name)
        run: Run = self.run(job, caller.region, directory, self._workshop, caller.arn)  # type: ignore[assignment]
        try:
            end = self.work(run, caller, signals)
        except JobError as failure:
            end = Step("Failed", reason=str(failure))
            # What failed before the script began is in the job's log as well, where its user looks.
            directory.note(str(failure))
            self.log(run).pump(last=True)
        except Exception:
            _log.exception("The %s job %s failed inside the local cloud", self.said, name)
            end = Step("Failed", reason="InternalServerError: see the log of the local cloud.")
        if signals.closing.is_set():
            return
        self.move(name, caller, end, **self.last_words(run))
        if end.status == "Completed":
            directory.remove()

    def _existing(self, name: str, caller: Identity) -> Document:
        job = self._store.get(self.kind, caller.region, name)
        if job is None:
            raise self.missing(name)
        return job

    def _changed(self, job: Document, caller: Identity) -> None:
        detail = answer(f"Describe{self.word}Job", job)
        self._events.changed(self.event, job[self._arn], detail, caller)


def created() -> Document:
    """Return the members that say when a job was made: now."""
    started = now()
    return {"CreationTime": started, "LastModifiedTime": started}
