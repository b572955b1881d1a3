"""SageMaker's own metrics of endpoints and pipelines, published to CloudWatch in the background.

A call costs an entry in a queue; what is published is put together by a thread. Names, units and dimensions are those
of https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html. SageMaker publishes once a minute, this
every ten seconds, so that alarms need not be waited for.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, defaultdict, deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psutil

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.state_events import PIPELINE_EXECUTION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mlstack_localcloud.server.sagemaker.ports import ClientFactory, Document, EventPublisher
    from mlstack_localcloud.server.sagemaker.serving.router import Router

SECONDS_BETWEEN = 10.0
_SECONDS_BETWEEN_LOADS = 60.0
_MOST_GROUPS = 50
_CALLS, _LOADS, _PIPELINES = "AWS/SageMaker", "/aws/sagemaker/Endpoints", "AWS/Sagemaker/ModelBuildingPipeline"
_MICROSECONDS = 1e6
_CLIENT_ERRORS, _SERVER_ERRORS = range(400, 500), range(500, 600)
_EXECUTIONS = {"Executing": "Started", "Succeeded": "Succeeded", "Failed": "Failed", "Stopped": "Stopped"}
_log = logging.getLogger(__name__)

Datum = dict[str, Any]
Gauge = tuple[str, str, float, str]
"""What is measured of an endpoint, not of a variant: the endpoint's ARN, the metric's name, its value and unit."""


class Call:
    """One call of an endpoint, from its arrival to its answer.

    Args:
        record: Records this call and copies of it.

    Attributes:
        variant: The variant that it went to; None as long as it went to none.
        status: What the model answered; a model that ended or took too long counts as failed.
        model_seconds: How long the model took.
    """

    __slots__ = ("_began", "_sent", "model_seconds", "record", "seconds", "status", "variant")

    def __init__(self, record: Callable[[Call], None] = lambda _: None) -> None:
        self.record = record
        self._began = self._sent = time.perf_counter()
        self.variant: str | None = None
        self.status = 500
        self.model_seconds = self.seconds = 0.0

    def sent(self, variant: str) -> None:
        """The call is handed to a process of a variant."""
        self.variant = variant
        self._sent = time.perf_counter()

    def answered(self, status: int) -> None:
        """The model answered."""
        self.status = status

    def ended(self) -> None:
        """The call is over."""
        self.seconds = time.perf_counter() - self._began

    def left_model(self) -> None:
        """The model has it no more."""
        self.model_seconds = time.perf_counter() - self._sent


class EndpointMetrics:
    """Records calls and pipeline executions, looks at processes, and publishes.

    Args:
        clients: Clients of CloudWatch.
        router: Knows the processes of all endpoints.
    """

    def __init__(self, clients: ClientFactory, router: Router) -> None:
        self._clients = clients
        self._router = router
        self._calls: deque[tuple[str, str, int, float, float]] = deque()
        self._executions: deque[tuple[str, str, str]] = deque()
        self._gauges: list[Callable[[], Iterable[Gauge]]] = []
        self._processes: dict[int, psutil.Process] = {}
        self._closed = threading.Event()
        self._next_loads = 0.0
        self._thread = threading.Thread(target=self._run, name="endpoint-metrics", daemon=True)
        self._thread.start()

    def record(self, arn: str, call: Call) -> None:
        """Record a call; one that reached no variant is none of its calls."""
        call.ended()
        if call.variant is not None:
            self._calls.append((arn, call.variant, call.status, call.model_seconds, call.seconds))

    def executed(self, pipeline_arn: str, status: str) -> None:
        """Record that an execution of a pipeline changed its status."""
        if status in _EXECUTIONS:
            self._executions.append((arns.region_of(pipeline_arn), pipeline_arn.rpartition("/")[2], status))

    def also_publish(self, gauges: Callable[[], Iterable[Gauge]]) -> None:
        """Ask for further measures of endpoints each time that something is published."""
        self._gauges.append(gauges)

    def close(self) -> None:
        """Publish what waits, and end."""
        self._closed.set()
        self._thread.join()

    def publish(self) -> None:
        """Publish what was recorded since the last time, and once a minute what the processes use."""
        data: dict[tuple[str, str], list[Datum]] = defaultdict(list)
        self._add_calls(data)
        self._add_executions(data)
        for arn, name, value, unit in (gauge for gauges in self._gauges for gauge in gauges()):
            data[arns.region_of(arn), _CALLS].append(_single(name, value, unit, _dimensions(arn)))
        if time.monotonic() >= self._next_loads and self._router.fleets():
            self._next_loads = time.monotonic() + _SECONDS_BETWEEN_LOADS
            self._add_loads(data)
        moment = datetime.now(UTC)
        for (region, namespace), entries in data.items():
            client = self._clients.client("cloudwatch", region)
            client.put_metric_data(Namespace=namespace, MetricData=[{**each, "Timestamp": moment} for each in entries])

    def _run(self) -> None:
        while True:
            last = self._closed.wait(SECONDS_BETWEEN)
            try:
                self.publish()
            except Exception:
                _log.exception("metrics could not be published")
            if last:
                return

    def _add_calls(self, data: dict[tuple[str, str], list[Datum]]) -> None:
        by_variant: dict[tuple[str, str], list[tuple[int, float, float]]] = defaultdict(list)
        while self._calls:
            arn, variant, status, model, whole = self._calls.popleft()
            by_variant[arn, variant].append((status, model, whole))
        instances = Counter(
            (arn, variant)
            for arn, fleet in self._router.routes()
            for variant, pids in fleet.pids().items()
            for _ in pids
        )
        for (arn, variant), calls in by_variant.items():
            dimensions = _dimensions(arn, variant)
            count = len(calls)
            entries = [
                _counted("Invocations", [1] * count, dimensions),
                _counted("Invocation4XXErrors", [status in _CLIENT_ERRORS for status, _, _ in calls], dimensions),
                _counted("Invocation5XXErrors", [status in _SERVER_ERRORS for status, _, _ in calls], dimensions),
                _single("InvocationsPerInstance", count / max(1, instances[arn, variant]), "None", dimensions),
                *_grouped("ModelLatency", [model for _, model, _ in calls], dimensions),
                *_grouped("OverheadLatency", [max(0.0, whole - model) for _, model, whole in calls], dimensions),
            ]
            data[arns.region_of(arn), _CALLS] += entries

    def _add_executions(self, data: dict[tuple[str, str], list[Datum]]) -> None:
        while self._executions:
            region, pipeline, status = self._executions.popleft()
            dimensions = [{"Name": "PipelineName", "Value": pipeline}]
            data[region, _PIPELINES].append(_single(f"Execution{_EXECUTIONS[status]}", 1, "Count", dimensions))

    def _add_loads(self, data: dict[tuple[str, str], list[Datum]]) -> None:
        known: dict[int, psutil.Process] = {}
        memory = psutil.virtual_memory().total
        for arn, fleet in self._router.routes():
            disk = psutil.disk_usage(str(fleet.root)).percent
            for variant, pids in fleet.pids().items():
                for pid in pids:
                    # Processes that were not there at the last look have used nothing yet.
                    group = [self._processes.get(each.pid, each) for each in _group(pid)]
                    known.update({each.pid: each for each in group})
                    used = _used(group)
                    values = {"CPU": used[0], "Memory": 100 * used[1] / memory, "Disk": disk}
                    data[arns.region_of(arn), _LOADS] += [
                        _single(f"{name}Utilization", value, "Percent", _dimensions(arn, variant))
                        for name, value in values.items()
                    ]
        self._processes = known


class MeasuredEvents:
    """An event publisher that also counts the executions of pipelines.

    Args:
        events: Where the events go.
        metrics: Counts.
    """

    def __init__(self, events: EventPublisher, metrics: EndpointMetrics) -> None:
        self._events = events
        self._metrics = metrics

    def publish(
        self, *, source: str, detail_type: str, detail: Document, resources: list[str], account: str, region: str
    ) -> None:
        """Publish an event."""
        if detail_type == PIPELINE_EXECUTION:
            self._metrics.executed(str(detail["pipelineArn"]), str(detail["currentPipelineExecutionStatus"]))
        self._events.publish(
            source=source, detail_type=detail_type, detail=detail, resources=resources, account=account, region=region
        )


def _dimensions(arn: str, variant: str | None = None) -> list[dict[str, str]]:
    endpoint = {"Name": "EndpointName", "Value": arns.name_of(arn, arns.ENDPOINT)}
    return [endpoint] if variant is None else [endpoint, {"Name": "VariantName", "Value": variant}]


def _single(name: str, value: float, unit: str, dimensions: list[dict[str, str]]) -> Datum:
    return {"MetricName": name, "Value": float(value), "Unit": unit, "Dimensions": dimensions}


def _counted(name: str, values: list[Any], dimensions: list[dict[str, str]]) -> Datum:
    return _figures(name, [float(value) for value in values], "None", dimensions)


def _grouped(name: str, seconds: list[float], dimensions: list[dict[str, str]]) -> Iterable[Datum]:
    """Latencies in at most fifty groups of neighbours, from which percentiles can still be told."""
    values = sorted(each * _MICROSECONDS for each in seconds)
    size = -(-len(values) // _MOST_GROUPS)
    for start in range(0, len(values), size):
        yield _figures(name, values[start : start + size], "Microseconds", dimensions)


def _figures(name: str, values: list[float], unit: str, dimensions: list[dict[str, str]]) -> Datum:
    figures = {"SampleCount": len(values), "Sum": sum(values), "Minimum": min(values), "Maximum": max(values)}
    return {"MetricName": name, "StatisticValues": figures, "Unit": unit, "Dimensions": dimensions}


def _group(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _used(group: list[psutil.Process]) -> tuple[float, int]:
    """Percent of one processor since the last look, and bytes of memory."""
    cpu, memory = 0.0, 0
    for process in group:
        try:
            cpu += process.cpu_percent()
            memory += process.memory_info().rss
        except psutil.Error:
            continue  # It ended in this moment.
    return cpu, memory
