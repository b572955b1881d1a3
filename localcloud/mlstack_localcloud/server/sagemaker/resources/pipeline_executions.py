"""Executions of pipelines.

```
Executing -> Succeeded | Failed
Executing -> Stopping -> Stopped        (StopPipelineExecution)
Failed | Stopped -> Executing           (RetryPipelineExecution: what has not succeeded, again)
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.authorization.sources import session_arn
from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import conflict, not_found
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.pipelines.definition import parse
from mlstack_localcloud.server.sagemaker.pipelines.new_run import name_of, new_run
from mlstack_localcloud.server.sagemaker.pipelines.parameters import text_of, values
from mlstack_localcloud.server.sagemaker.pipelines.records import ENDED, KIND, RunRecords
from mlstack_localcloud.server.sagemaker.pipelines.run import FAILED, PipelineRun
from mlstack_localcloud.server.sagemaker.pipelines.selective import latest, selection, with_inherited
from mlstack_localcloud.server.sagemaker.ports import Origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs, Signals
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.pipelines import Pipelines
    from mlstack_localcloud.server.sagemaker.state_events import StateEvents
    from mlstack_localcloud.server.sagemaker.store import Store

INTERRUPTED = "InternalServerError: The local cloud ended while the pipeline ran."

_RUNS = Listing(
    result="PipelineExecutionSummaries",
    name="PipelineExecutionArn",
    members=(
        "PipelineExecutionArn",
        "StartTime",
        "PipelineExecutionStatus",
        "PipelineExecutionDescription",
        "PipelineExecutionDisplayName",
        "PipelineExecutionFailureReason",
    ),
)
_STEPS = Listing(
    result="PipelineExecutionSteps",
    name="StepName",
    members=(
        "StepName",
        "StepDisplayName",
        "StepDescription",
        "StartTime",
        "EndTime",
        "StepStatus",
        "FailureReason",
        "Metadata",
        "AttemptCount",
        "SelectiveExecutionResult",
    ),
    page=100,
)
_KEPT = ("PipelineExecutionDescription", "PipelineExecutionDisplayName", "SelectiveExecutionConfig")
_PARAMETERS_A_PAGE = 100


class PipelineExecutions:
    """The executions of all pipelines.

    Args:
        store: The tables.
        pipelines: What is executed.
        call: Runs an operation of the service, as steps do.
        running: Where executions and their jobs run.
        objects: Reads property files.
        events: Where changes are announced.
    """

    def __init__(
        self,
        *,
        store: Store,
        pipelines: Pipelines,
        call: Callable[[str, Document, Identity], Document],
        running: RunningJobs,
        objects: Objects,
        events: StateEvents,
    ) -> None:
        self._store = store
        self._pipelines = pipelines
        self._call = call
        self._running = running
        self._objects = objects
        self._events = events

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "StartPipelineExecution": self.start,
            "StopPipelineExecution": self.stop,
            "RetryPipelineExecution": self.retry,
            "DescribePipelineExecution": self.describe,
            "UpdatePipelineExecution": self.update,
            "ListPipelineExecutions": self.list_page,
            "ListPipelineExecutionSteps": self.list_steps,
            "ListPipelineParametersForExecution": self.list_parameters,
            "DescribePipelineDefinitionForExecution": self.describe_definition,
        }

    def start(self, request: Document, caller: Identity) -> Document:
        """Start an execution; the same token gives the same execution."""
        pipeline = self._pipelines.existing(request["PipelineName"], caller)
        runs = self._of(pipeline["PipelineName"], caller)
        token = request.get("ClientRequestToken")
        for run in runs:
            if token is not None and run.get("_token") == token:
                return {"PipelineExecutionArn": run["PipelineExecutionArn"]}
        definition = parse(pipeline["PipelineDefinition"])
        given = request.get("PipelineParameters", [])
        source = None
        if "SelectiveExecutionConfig" in request:
            arn = request["SelectiveExecutionConfig"].get("SourcePipelineExecutionArn")
            source = self._existing(arn, caller) if arn else latest(runs)
            given = with_inherited(given, source, definition)
        run = new_run(pipeline, request, values(definition.parameters, given))
        if "SelectiveExecutionConfig" in request:
            run.update(selection(request["SelectiveExecutionConfig"], definition, source))
        name = name_of(run)
        self._store.insert(KIND, caller.region, name, run)
        self._store.update(
            arns.PIPELINE,
            caller.region,
            pipeline["PipelineName"],
            lambda document: _stamp_start(document, run["CreationTime"]),
            stamp=False,
        )
        origin = Origin.of(caller)
        self._records(name, origin).announce(None)
        self._execute(run, origin)
        return {"PipelineExecutionArn": run["PipelineExecutionArn"]}

    def stop(self, request: Document, caller: Identity) -> Document:
        """Stop an execution and the jobs of its steps."""
        run = self._existing(request["PipelineExecutionArn"], caller)
        arn = run["PipelineExecutionArn"]
        if run["PipelineExecutionStatus"] in ENDED:
            raise conflict(
                f"Pipeline execution with ARN {arn} already in terminal status: {run['PipelineExecutionStatus']}."
            )
        self._records(name_of(run), Origin.of(caller)).move("Stopping")
        self._running.stop(arn)
        return {"PipelineExecutionArn": arn}

    def retry(self, request: Document, caller: Identity) -> Document:
        """Execute again what has not succeeded."""
        run = self._existing(request["PipelineExecutionArn"], caller)
        if run["PipelineExecutionStatus"] not in {"Failed", "Stopped"}:
            raise conflict(
                f"Only failed and stopped executions can be retried; this one is {run['PipelineExecutionStatus']}."
            )
        name, origin = name_of(run), Origin.of(caller)

        def change(document: Document) -> None:
            document["_steps"] = {
                step: record for step, record in document["_steps"].items() if record["StepStatus"] == "Succeeded"
            }

        self._store.update(KIND, caller.region, name, change)
        self._records(name, origin).move("Executing")
        self._execute(run, origin)
        return {"PipelineExecutionArn": run["PipelineExecutionArn"]}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return an execution."""
        return self._existing(request["PipelineExecutionArn"], caller)

    def update(self, request: Document, caller: Identity) -> Document:
        """Change how an execution is shown."""
        run = self._existing(request["PipelineExecutionArn"], caller)
        members = ("PipelineExecutionDescription", "PipelineExecutionDisplayName", "ParallelismConfiguration")
        changes = {key: request[key] for key in members if key in request}
        self._store.update(KIND, caller.region, name_of(run), lambda document: document.update(changes))
        return {"PipelineExecutionArn": run["PipelineExecutionArn"]}

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List the executions of a pipeline."""
        pipeline = self._pipelines.existing(request["PipelineName"], caller)
        return _RUNS.answer(request, self._of(pipeline["PipelineName"], caller))

    def list_steps(self, request: Document, caller: Identity) -> Document:
        """List the steps of an execution that were begun."""
        run = self._existing(request["PipelineExecutionArn"], caller)
        steps = [{**record, "CreationTime": record["StartTime"]} for record in run["_steps"].values()]
        return _STEPS.answer(request, steps)

    def list_parameters(self, request: Document, caller: Identity) -> Document:
        """List the values of an execution's parameters."""
        run = self._existing(request["PipelineExecutionArn"], caller)
        parameters = [{"Name": name, "Value": text_of(value)} for name, value in sorted(run["_parameters"].items())]
        start = request.get("NextToken", "0")
        first = int(start) if start.isdigit() else 0
        last = first + request.get("MaxResults", _PARAMETERS_A_PAGE)
        answer: Document = {"PipelineParameters": parameters[first:last]}
        return {**answer, "NextToken": str(last)} if last < len(parameters) else answer

    def describe_definition(self, request: Document, caller: Identity) -> Document:
        """Return the definition that an execution started with."""
        run = self._existing(request["PipelineExecutionArn"], caller)
        return {"PipelineDefinition": run["_definition"], "CreationTime": run["CreationTime"]}

    def resume(self, account: str) -> None:
        """End the executions that ran when the daemon did; a retry goes on where they were."""
        for region, run in self._store.everywhere(KIND):
            if run["PipelineExecutionStatus"] in ENDED:
                continue
            caller = Origin(account, region, f"arn:aws:iam::{account}:root")
            records = self._records(name_of(run), caller)
            steps = parse(run["_definition"]).steps
            for name, record in run["_steps"].items():
                if record["StepStatus"] not in ENDED:
                    records.end(steps[name], "Failed", INTERRUPTED)
            records.move("Failed", INTERRUPTED)

    def _execute(self, run: Document, caller: Origin) -> None:
        definition = parse(run["_definition"])
        records = self._records(name_of(run), caller)
        role = run.get("_role") or self._pipelines.existing(run["PipelineArn"], caller)["RoleArn"]
        # What a run does, it does with the rights of its pipeline's role, whoever started it.
        own = Origin(caller.account, caller.region, session_arn(role))

        def work(signals: Signals) -> None:
            try:
                PipelineRun(
                    definition=definition,
                    records=records,
                    caller=own,
                    call=self._call,
                    running=self._running,
                    objects=self._objects.under(role),
                    signals=signals,
                ).to_end()
            except Exception:
                if not signals.closing.is_set():
                    records.move("Failed", FAILED)
                raise

        self._running.start(run["PipelineExecutionArn"], work)

    def _of(self, pipeline: str, caller: Identity) -> list[Document]:
        return self._store.documents(KIND, caller.region, f"{pipeline}/execution/")

    def _existing(self, arn: str, caller: Identity) -> Document:
        run = self._store.get(KIND, caller.region, arns.name_of(arn, arns.PIPELINE))
        if run is None:
            raise not_found(f"Pipeline execution with ARN {arn} does not exist.")
        return run

    def _records(self, name: str, caller: Origin) -> RunRecords:
        return RunRecords(self._store, self._events, caller, name)


def _stamp_start(pipeline: Document, started: float) -> None:
    pipeline["LastRunTime"] = pipeline["LastExecutionTime"] = started
