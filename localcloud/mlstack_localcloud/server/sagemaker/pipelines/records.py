"""What is recorded of a run and its steps, and the events of every change.

The record of a step is what ListPipelineExecutionSteps answers. All of a run is one document, so that a step's record
and the run's status never disagree after a crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker import state_events
from mlstack_localcloud.server.sagemaker.execution.failures import fitting
from mlstack_localcloud.server.sagemaker.pipelines.step_kinds import STEP_KINDS
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.pipelines.definition import Step
    from mlstack_localcloud.server.sagemaker.ports import Document, Origin
    from mlstack_localcloud.server.sagemaker.state_events import StateEvents
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = "pipeline-execution"
ENDED = {"Succeeded", "Failed", "Stopped"}


class RunRecords:
    """The records of one run.

    Args:
        store: The tables.
        events: Where changes are announced.
        caller: On whose behalf it runs.
        name: The name of the run's document: `<pipeline>/execution/<id>`.
    """

    def __init__(self, store: Store, events: StateEvents, caller: Origin, name: str) -> None:
        self._store = store
        self._events = events
        self._caller = caller
        self._name = name

    def run(self) -> Document:
        """Return the run's document.

        Raises:
            LookupError: It is gone.
        """
        document = self._store.get(KIND, self._caller.region, self._name)
        if document is None:
            raise LookupError(self._name)
        return document

    def steps(self) -> dict[str, Document]:
        """Return the records of the steps that were begun, by name."""
        steps: dict[str, Document] = self.run()["_steps"]
        return steps

    def begin(self, step: Step) -> None:
        """Record that a step begins, for the first time or again."""
        attempt = self.steps().get(step.name, {}).get("AttemptCount", 0) + 1
        record: Document = {
            "StepName": step.name,
            "StepStatus": "Executing",
            "StartTime": now(),
            "AttemptCount": attempt,
            "Metadata": {},
            "_type": step.type,
        }
        if step.display_name:
            record["StepDisplayName"] = step.display_name
        if step.description:
            record["StepDescription"] = step.description
        self._put(step.name, record, "Starting")

    def note(self, step: Step, metadata: Document) -> None:
        """Record what a step made, as soon as it is known."""

        def change(run: Document) -> None:
            run["_steps"][step.name]["Metadata"] = metadata

        self._store.update(KIND, self._caller.region, self._name, change)

    def end(self, step: Step, status: str, reason: str | None = None) -> None:
        """Record how a step ended."""
        record = dict(self.steps()[step.name])
        before = record["StepStatus"]
        record.update(StepStatus=status, EndTime=now())
        if reason is not None:
            record["FailureReason"] = fitting(reason)
        self._put(step.name, record, before)

    def move(self, status: str, reason: str | None = None) -> None:
        """Record the status of the run."""
        before = self.run()["PipelineExecutionStatus"]

        def change(run: Document) -> None:
            run["PipelineExecutionStatus"] = status
            run.pop("_EndTime", None)
            for member in ("FailureReason", "PipelineExecutionFailureReason"):
                run.pop(member, None)
                if reason is not None:
                    run[member] = fitting(reason)
            if status in ENDED:
                run["_EndTime"] = now()

        self._store.update(KIND, self._caller.region, self._name, change)
        self.announce(before)

    def announce(self, before: str | None) -> None:
        """Publish the status of the run."""
        run = self.run()
        detail = {
            "pipelineExecutionDescription": run.get("PipelineExecutionDescription"),
            "pipelineExecutionDisplayName": run["PipelineExecutionDisplayName"],
            "currentPipelineExecutionStatus": run["PipelineExecutionStatus"],
            "previousPipelineExecutionStatus": before,
            "executionStartTime": state_events.iso(run["CreationTime"]),
            "executionEndTime": state_events.iso(run.get("_EndTime")),
            "pipelineArn": run["PipelineArn"],
            "pipelineExecutionArn": run["PipelineExecutionArn"],
        }
        self._publish(state_events.PIPELINE_EXECUTION, detail)

    def _put(self, name: str, record: Document, before: str) -> None:
        def change(run: Document) -> None:
            run["_steps"][name] = record

        self._store.update(KIND, self._caller.region, self._name, change)
        run = self.run()
        detail = {
            "metadata": _event_metadata(record),
            "cacheHitResult": None,
            "failureReason": record.get("FailureReason"),
            "stepStartTime": state_events.iso(record["StartTime"]),
            "stepEndTime": state_events.iso(record.get("EndTime")),
            "stepName": name,
            "stepType": record["_type"],
            "currentStepStatus": record["StepStatus"],
            "previousStepStatus": before,
            "pipelineArn": run["PipelineArn"],
            "pipelineExecutionArn": run["PipelineExecutionArn"],
        }
        self._publish(state_events.PIPELINE_STEP, detail)

    def _publish(self, detail_type: str, detail: Document) -> None:
        present = {key: value for key, value in detail.items() if value is not None}
        resources = [detail["pipelineArn"], detail["pipelineExecutionArn"]]
        self._events.publish(detail_type, resources, present, self._caller)


def _event_metadata(record: Document) -> Document:
    kind = STEP_KINDS.get(record["_type"])
    made: Any = record["Metadata"].get(kind.metadata) if kind else None
    return {kind.event: {"arn": made["Arn"]}} if kind and made else {}
