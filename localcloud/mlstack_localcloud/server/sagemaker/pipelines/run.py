"""One run of a pipeline: its steps in the order of their dependencies, side by side where they have none.

A step begins when everything that it depends on has succeeded and, in a branch, when its condition chose that branch.
After a failure nothing new begins, what runs goes on to its end, and the run has failed; on a stop what runs is
stopped. Which steps are left is read from the records alone, so that a retry and a selective run are the same loop with
other records to begin with.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.errors import ServiceError
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError
from mlstack_localcloud.server.sagemaker.pipelines.conditions import holds
from mlstack_localcloud.server.sagemaker.pipelines.definition import CONDITION, FAIL, Definition, Step
from mlstack_localcloud.server.sagemaker.pipelines.expressions import ExpressionError, look_up, resolved
from mlstack_localcloud.server.sagemaker.pipelines.step_kinds import (
    STEP_KINDS,
    StepKind,
    identifier_of,
    resource_name,
)
from mlstack_localcloud.server.sagemaker.pipelines.tuning_properties import with_best_first

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs, Signals
    from mlstack_localcloud.server.sagemaker.pipelines.records import RunRecords
    from mlstack_localcloud.server.sagemaker.ports import Document, Origin

FAILED = "Step failure: One or multiple steps failed."
_SECONDS_BETWEEN_LOOKS = 0.2
_log = logging.getLogger(__name__)


class PipelineRun:
    """A run at work.

    Args:
        definition: What the pipeline's definition was when the run started.
        records: What is recorded of the run.
        caller: The session of the pipeline's role, with whose rights it runs.
        call: Runs an operation of the service.
        running: The jobs that run, to wait for them.
        objects: Reads property files.
        signals: Says when to stop.
    """

    def __init__(
        self,
        *,
        definition: Definition,
        records: RunRecords,
        caller: Origin,
        call: Callable[[str, Document, Origin], Document],
        running: RunningJobs,
        objects: Objects,
        signals: Signals,
    ) -> None:
        self._definition = definition
        self._records = records
        self._caller = caller
        self._call = call
        self._running = running
        self._objects = objects
        self._signals = signals
        run = records.run()
        self.parameters: dict[str, Any] = run["_parameters"]
        self.facts: dict[str, Any] = run["_facts"]
        self._selected = set(run["_selected"]) if run.get("_selected") else set(definition.steps)
        self._most = run.get("ParallelismConfiguration", {}).get("MaxParallelExecutionSteps", len(definition.steps))
        self._changed = threading.Condition()
        self._at_work: set[str] = set()

    def to_end(self) -> None:
        """Execute steps until none is left, and record how the run ended."""
        while True:
            with self._changed:
                for step in self._ready():
                    self._at_work.add(step.name)
                    self._records.begin(step)
                    threading.Thread(target=self._work, args=(step,), name=f"step-{step.name}", daemon=True).start()
                if not self._at_work:
                    break
                self._changed.wait(_SECONDS_BETWEEN_LOOKS)
        if self._signals.closing.is_set():
            return
        statuses = {record["StepStatus"] for record in self._records.steps().values()}
        if "Failed" in statuses:
            self._records.move("Failed", FAILED)
        else:
            self._records.move("Stopped" if self._signals.stop.is_set() else "Succeeded")

    def properties(self, step: str) -> Any:
        """Return what Describe answers about what a step made."""
        kind = STEP_KINDS.get(self._definition.steps[step].type)
        made = self._records.steps().get(step, {}).get("Metadata", {})
        if kind is None or kind.metadata not in made:
            raise ExpressionError(f"The step {step} has no properties.")
        identifier = identifier_of(kind, made[kind.metadata]["Arn"])
        described = self._call(kind.describe, {kind.described_by: identifier}, self._caller)
        return with_best_first(described, self._call, self._caller) if "TuningJob" in made else described

    def property_file(self, step: str, name: str) -> Any:
        """Return the JSON in a property file of a step."""
        files = self._definition.steps[step].property_files
        if name not in files:
            raise ExpressionError(f"The step {step} has no property file {name}.")
        output, path = files[name]
        place = f".ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri"
        uri = f"{look_up(self.properties(step), place, f'the step {step}')}".rstrip("/") + f"/{path}"
        try:
            return json.loads(self._objects.read(uri, self._caller.region))
        except (TransferError, ValueError) as error:
            raise ExpressionError(f"The property file {name} of {step} cannot be read from {uri}: {error}") from error

    def _ready(self) -> list[Step]:
        records = self._records.steps()
        if self._signals.stop.is_set() or any(record["StepStatus"] == "Failed" for record in records.values()):
            return []
        free = self._most - len(self._at_work)
        return [step for step in self._definition.steps.values() if self._may_begin(step, records)][: max(0, free)]

    def _may_begin(self, step: Step, records: dict[str, Document]) -> bool:
        if step.name in records or step.name not in self._selected:
            return False
        if step.branch is not None and step.branch[0] in self._selected:
            condition, outcome = step.branch
            record = records.get(condition, {})
            if record.get("StepStatus") != "Succeeded" or record["Metadata"]["Condition"]["Outcome"] != str(outcome):
                return False
        return all(records.get(name, {}).get("StepStatus") == "Succeeded" for name in step.depends_on)

    def _work(self, step: Step) -> None:
        try:
            status, reason = self._executed(step)
        except (ExpressionError, ServiceError) as error:
            message = error.message if isinstance(error, ServiceError) else str(error)
            status, reason = "Failed", f"ClientError: {message}"
        except Exception as error:
            if not self._signals.closing.is_set():
                _log.exception("The step %s failed inside the local cloud", step.name)
            status, reason = "Failed", f"InternalServerError: {error!r}"
        with self._changed:
            try:
                if not self._signals.closing.is_set():
                    self._records.end(step, status, reason)
            finally:
                self._at_work.discard(step.name)
                self._changed.notify()

    def _executed(self, step: Step) -> tuple[str, str | None]:
        if step.type == CONDITION:
            outcome = all(holds(condition, self) for condition in step.arguments["Conditions"])
            self._records.note(step, {"Condition": {"Outcome": str(outcome)}})
            return "Succeeded", None
        if step.type == FAIL:
            message = str(resolved(step.arguments["ErrorMessage"], self))
            self._records.note(step, {"Fail": {"ErrorMessage": message}})
            return "Failed", message
        kind = STEP_KINDS[step.type]
        request = resolved(step.arguments, self)
        if kind.name is not None:
            request[kind.name] = resource_name(self.facts["PipelineExecutionId"], step.name, short=kind.short_name)
        arn = self._call(kind.create, request, self._caller)[kind.arn]
        self._records.note(step, {kind.metadata: {"Arn": arn}})
        return ("Succeeded", None) if kind.stop is None else self._job_ended(kind, kind.stop, arn)

    def _job_ended(self, kind: StepKind, stop: str, arn: str) -> tuple[str, str | None]:
        request = {kind.described_by: identifier_of(kind, arn)}
        stopping = False
        while not self._running.wait(arn, _SECONDS_BETWEEN_LOOKS):
            if self._signals.stop.is_set() and not stopping and not self._signals.closing.is_set():
                stopping = True
                with contextlib.suppress(ServiceError):  # It ended in this moment.
                    self._call(stop, request, self._caller)
        job = self._call(kind.describe, request, self._caller)
        status = job[kind.status]
        if status == "Completed":
            return "Succeeded", None
        if status == "Stopped" and self._signals.stop.is_set():
            return "Stopped", None
        return "Failed", job.get("FailureReason", f"The job ended {job.get('SecondaryStatus', status)}.")
