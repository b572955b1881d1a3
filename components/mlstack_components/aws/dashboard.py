"""The CloudWatch dashboard of an environment. Its body is a pure function of what there is to see."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.endpoint_metrics import (
    INSTANCES,
    INVOCATIONS,
    PIPELINES,
    pipeline_dimensions,
    variant_dimensions,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement

COLUMNS = 24
"""How many columns the grid has (CloudWatch-Dashboard-Body-Structure in CloudWatch's API reference)."""

_WIDTH, _HEIGHT = 12, 6
_ALARMS_HEIGHT = 3
_PERIOD_SECONDS = 60
_PIPELINE_PERIOD_SECONDS = 3600
_MONITOR_SECONDS = 3600

Widget = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """What a dashboard is made from."""

    dashboard_name: str
    """The dashboard's name, 1 to 255 letters, digits, hyphens and underscores; CloudWatch renames none."""
    placement: Placement
    """The account and region."""
    endpoint_name: str | None = None
    """The endpoint, which need not exist yet; None where there is none."""
    variant_name: str = "AllTraffic"
    """The endpoint's production variant."""
    further_variants: Sequence[str] = ()
    """Variants to compare with it, the shadow among them; they need not exist yet."""
    pipeline_name: str | None = None
    """The training pipeline; None where there is none."""
    monitored: bool = False
    """Whether monitors compare the endpoint's calls with a baseline."""
    alarm_arns: pulumi.Input[Sequence[str]] = ()
    """The alarms whose state is shown."""


class Dashboard(pulumi.ComponentResource):
    """One CloudWatch dashboard: calls, latency, errors and load of the endpoint, runs of the pipeline, alarms."""

    dashboard_name: pulumi.Output[str]
    """The dashboard's name."""
    dashboard: aws.cloudwatch.Dashboard
    """The dashboard."""

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:Dashboard", name, {}, opts)
        body = pulumi.Output.from_input(args.alarm_arns).apply(lambda arns: dashboard_body(args, arns))
        self.dashboard = dashboard = aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            aws.cloudwatch.DashboardArgs(dashboard_name=args.dashboard_name, dashboard_body=body),
            pulumi.ResourceOptions(parent=self),
        )
        self.dashboard_name = dashboard.dashboard_name
        self.register_outputs({"dashboard_name": self.dashboard_name})


def dashboard_body(args: DashboardArgs, alarm_arns: Sequence[str]) -> str:
    """Return the body of the dashboard, JSON.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html

    Args:
        args: The dashboard's arguments.
        alarm_arns: The alarms, known by now; without any there is no widget of them, which CloudWatch would refuse.
    """
    widgets: list[Widget] = []
    top = 0
    if alarm_arns:
        properties = {"title": "Alarms", "alarms": list(alarm_arns)}
        widgets.append(_placed("alarm", (0, 0), (COLUMNS, _ALARMS_HEIGHT), properties))
        top = _ALARMS_HEIGHT
    graphs = _graphs(args)
    for number, graph in enumerate(graphs):
        place = (number % 2) * _WIDTH, top + (number // 2) * _HEIGHT
        widgets.append(_placed("metric", place, (_WIDTH, _HEIGHT), {"region": args.placement.region, **graph}))
    if not widgets:
        text = {"markdown": "Neither an endpoint nor a pipeline is configured."}
        widgets.append(_placed("text", (0, 0), (COLUMNS, _ALARMS_HEIGHT), text))
    return json.dumps({"widgets": widgets}, separators=(",", ":"))


def _placed(kind: str, place: tuple[int, int], size: tuple[int, int], properties: Widget) -> Widget:
    position = {"x": place[0], "y": place[1], "width": size[0], "height": size[1]}
    return {"type": kind, **position, "properties": properties}


def _graphs(args: DashboardArgs) -> list[Widget]:
    graphs: list[Widget] = []
    if args.endpoint_name is not None:
        of = variant_dimensions(args.endpoint_name, args.variant_name)
        latencies = [
            _metric(INVOCATIONS, name, of, stat=stat, label=f"{name} {stat}")
            for name in ("ModelLatency", "OverheadLatency")
            for stat in ("p50", "p99")
        ]
        of_endpoint = [
            _graph("Calls", [_metric(INVOCATIONS, "Invocations", of, stat="Sum")]),
            _graph("Latency, microseconds", latencies),
            _graph(
                "Errors",
                [_metric(INVOCATIONS, f"Invocation{kind}Errors", of, stat="Sum") for kind in ("4XX", "5XX")],
            ),
            _graph(
                "Instances, percent",
                [_metric(INSTANCES, f"{what}Utilization", of, stat="Average") for what in ("CPU", "Memory", "Disk")],
            ),
        ]
        graphs += [_with_variants(each, args.further_variants) for each in of_endpoint]
    if args.endpoint_name is not None and args.monitored:
        # One line a feature, whose names only the monitors know.
        search = f"SEARCH('feature_baseline_drift Endpoint=\"{args.endpoint_name}\"', 'Maximum', {_MONITOR_SECONDS})"
        graphs.append(_graph("Distance from the baseline", [[{"expression": search}]], _MONITOR_SECONDS))
    if args.pipeline_name is not None:
        of = pipeline_dimensions(args.pipeline_name)
        executions = [
            _metric(PIPELINES, f"Execution{what}", of, stat="Sum") for what in ("Started", "Succeeded", "Failed")
        ]
        graphs.append(_graph("Runs of the pipeline", executions, _PIPELINE_PERIOD_SECONDS))
    return graphs


def _with_variants(graph: Widget, variants: Sequence[str]) -> Widget:
    """A graph of a variant's metrics with those of others, whose name is the last of the dimensions."""
    metrics = graph["metrics"]
    others = [
        [*names, variant, {**options, "label": f"{variant}: {options.get('label', names[1])}"}]
        for variant in variants
        for *names, _, options in metrics
    ]
    return {**graph, "metrics": [*metrics, *others]}


def _graph(title: str, metrics: list[list[Any]], period: int = _PERIOD_SECONDS) -> Widget:
    return {"title": title, "view": "timeSeries", "stacked": False, "period": period, "metrics": metrics}


def _metric(namespace: str, name: str, dimensions: dict[str, str], **options: str) -> list[Any]:
    """A metric as a widget has it: namespace, name, each dimension's name and value, and how it is drawn."""
    return [namespace, name, *(part for pair in dimensions.items() for part in pair), options]
