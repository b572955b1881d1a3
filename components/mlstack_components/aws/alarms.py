"""Alarms of an endpoint and of the training pipeline; each tells the project's topic.

What is watched is data (`Watch`): the thresholds give the watches, each watch is one CloudWatch alarm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.endpoint_metrics import (
    INSTANCES,
    INVOCATIONS,
    MICROSECONDS,
    PIPELINES,
    pipeline_dimensions,
    variant_dimensions,
)
from mlstack_components.aws.instance_types import processors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PERIOD_SECONDS = 60
"""SageMaker publishes its metrics once a minute."""

EVALUATION_PERIODS = 5
"""How many minutes an endpoint's alarm looks at."""

DATAPOINTS_TO_ALARM = 3
"""How many of them must be bad: one slow minute, as after a deployment, wakes nobody."""

MISSING_DATA = "notBreaching"
"""An endpoint that nobody calls, or that waits for its first release, publishes nothing, and that is no fault."""


@dataclass(frozen=True, kw_only=True)
class AlarmThresholds:
    """When an alarm goes off: above the value; None is no alarm."""

    latency_p99_ms: float | None = None
    """The slowest hundredth of the calls, model and SageMaker's own overhead together, in milliseconds."""
    error_percent: float | None = None
    """Calls that the model or SageMaker failed (5XX), in percent of all."""
    client_error_percent: float | None = None
    """Calls that the model refused (4XX), in percent of all."""
    cpu_percent: float | None = None
    """Use of the instances' processors, 0 to 100, whatever their number."""
    memory_percent: float | None = None
    """Use of the instances' memory, 0 to 100."""
    disk_percent: float | None = None
    """Use of the instances' disks, 0 to 100."""
    queue_age_minutes: float | None = None
    """How long the oldest call of an asynchronous endpoint waits or is worked on, in minutes."""
    failed_runs: bool = False
    """Whether each failed execution of the pipeline is an alarm."""


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """What alarms are made from."""

    topic_arn: pulumi.Input[str]
    """The topic that is told when an alarm goes off, and when it is over."""
    thresholds: AlarmThresholds
    """When each goes off."""
    endpoint_name: str | None = None
    """The endpoint, which need not exist yet; None where there is none."""
    variant_name: str = "AllTraffic"
    """The endpoint's production variant."""
    further_variants: Sequence[str] = ()
    """Variants beside it that answer calls, which need not exist yet; each has alarms of its calls of its own."""
    asynchronous: bool = False
    """Whether the endpoint is asynchronous, so that its calls wait in a queue."""
    instance_type: str | None = None
    """The endpoint's instance type, which says how many processors 100 percent are; needed with `cpu_percent`."""
    pipeline_name: str | None = None
    """The training pipeline; None where there is none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all alarms."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What one alarm watches.

    Attributes:
        name: The last part of the alarm's logical name.
        description: What it means when it goes off.
        namespace: The metrics' namespace.
        metrics: The metrics; several are added up.
        statistic: The statistic, such as `Average` or `p99`.
        dimensions: The metrics' dimensions.
        threshold: It goes off above this value, in the metric's own unit.
        evaluation_periods: How many minutes it looks at.
        datapoints_to_alarm: How many of them must be above.
    """

    name: str
    description: str
    namespace: str
    metrics: tuple[str, ...]
    statistic: str
    dimensions: dict[str, str]
    threshold: float
    evaluation_periods: int = EVALUATION_PERIODS
    datapoints_to_alarm: int = DATAPOINTS_TO_ALARM


class Alarms(pulumi.ComponentResource):
    """CloudWatch alarms, each with the topic as its action.

    They may exist before what they watch does: missing data is no alarm. Rules: CloudWatch.15, CKV_AWS_319.
    """

    alarm_arns: pulumi.Output[list[str]]
    """The ARNs of all alarms, in the order of their names."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:Alarms", name, {}, opts)
        self.alarms = {
            watch.name: aws.cloudwatch.MetricAlarm(
                f"{name}-{watch.name}", alarm_args(watch, args), pulumi.ResourceOptions(parent=self)
            )
            for watch in watches(args)
        }
        """The alarms by the last part of their logical names."""
        self.alarm_arns = pulumi.Output.all(*(self.alarms[each].arn for each in sorted(self.alarms)))
        self.register_outputs({"alarm_arns": self.alarm_arns})


def watches(args: AlarmsArgs) -> list[Watch]:
    """Return what is watched.

    Args:
        args: The alarms' arguments.

    Raises:
        UserError: The number of the instance type's processors is not known.
    """
    found = (
        []
        if args.endpoint_name is None
        else [*_calls(args, args.endpoint_name), *_queue(args, args.endpoint_name), *_load(args, args.endpoint_name)]
    )
    if args.endpoint_name is not None:
        found += [watch for each in args.further_variants for watch in _calls(args, args.endpoint_name, each)]
    if args.pipeline_name is not None and args.thresholds.failed_runs:
        found.append(
            Watch(
                name="failed-runs",
                description=f"An execution of the pipeline {args.pipeline_name} failed",
                namespace=PIPELINES,
                metrics=("ExecutionFailed",),
                statistic="Sum",
                dimensions=pipeline_dimensions(args.pipeline_name),
                threshold=0,
                evaluation_periods=1,
                datapoints_to_alarm=1,
            )
        )
    return found


def _calls(args: AlarmsArgs, endpoint: str, further: str | None = None) -> Iterator[Watch]:
    # The variant comes last, so that one called `client` has no alarm that is called `client-errors`.
    suffix, of = ("", endpoint) if further is None else (f"-of-{further}", f"{further} of {endpoint}")
    dimensions = variant_dimensions(endpoint, further or args.variant_name)
    latency = args.thresholds.latency_p99_ms
    if latency is not None:
        yield Watch(
            name=f"latency{suffix}",
            description=f"The slowest hundredth of the calls of {of} takes longer than {latency:g} ms",
            namespace=INVOCATIONS,
            metrics=("ModelLatency", "OverheadLatency"),
            statistic="p99",
            dimensions=dimensions,
            threshold=latency * MICROSECONDS,
        )
    # Each call adds a 1 or a 0 to these metrics, so their average is the share of the calls.
    rates = {
        "errors": ("Invocation5XXErrors", "failed (5XX)", args.thresholds.error_percent),
        "client-errors": ("Invocation4XXErrors", "were refused (4XX)", args.thresholds.client_error_percent),
    }
    for name, (metric, words, percent) in rates.items():
        if percent is not None:
            yield Watch(
                name=f"{name}{suffix}",
                description=f"More than {percent:g} % of the calls of {of} {words}",
                namespace=INVOCATIONS,
                metrics=(metric,),
                statistic="Average",
                dimensions=dimensions,
                threshold=percent / 100,
            )


def _queue(args: AlarmsArgs, endpoint: str) -> Iterator[Watch]:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
    minutes = args.thresholds.queue_age_minutes
    if minutes is not None and args.asynchronous:
        yield Watch(
            name="queue-age",
            description=f"The oldest call of {endpoint} waits or is worked on for more than {minutes:g} minutes",
            namespace=INVOCATIONS,
            metrics=("ApproximateAgeOfOldestRequest",),
            statistic="Maximum",
            dimensions={"EndpointName": endpoint},
            threshold=minutes * 60,
        )


def _load(args: AlarmsArgs, endpoint: str) -> Iterator[Watch]:
    uses = {
        "cpu": ("CPUUtilization", "processors", args.thresholds.cpu_percent),
        "memory": ("MemoryUtilization", "memory", args.thresholds.memory_percent),
        "disk": ("DiskUtilization", "disks", args.thresholds.disk_percent),
    }
    for name, (metric, words, percent) in uses.items():
        if percent is not None:
            # CPUUtilization adds up the cores: a machine with four of them goes to 400.
            factor = processors(args.instance_type or "") if name == "cpu" else 1
            yield Watch(
                name=name,
                description=f"More than {percent:g} % of the {words} of {endpoint} is in use",
                namespace=INSTANCES,
                metrics=(metric,),
                statistic="Average",
                dimensions=variant_dimensions(endpoint, args.variant_name),
                threshold=percent * factor,
            )


def alarm_args(watch: Watch, args: AlarmsArgs) -> aws.cloudwatch.MetricAlarmArgs:
    """Return the alarm of a watch.

    Args:
        watch: What is watched.
        args: The alarms' arguments.
    """
    metric: dict[str, object] = {}
    if len(watch.metrics) > 1:
        metric["metric_queries"] = _sum_of(watch)
    else:
        percentile = watch.statistic.startswith("p")
        metric = {
            "namespace": watch.namespace,
            "metric_name": watch.metrics[0],
            "dimensions": watch.dimensions,
            "period": PERIOD_SECONDS,
            "extended_statistic" if percentile else "statistic": watch.statistic,
        }
    return aws.cloudwatch.MetricAlarmArgs(
        alarm_description=watch.description,
        comparison_operator="GreaterThanThreshold",
        threshold=watch.threshold,
        evaluation_periods=watch.evaluation_periods,
        datapoints_to_alarm=watch.datapoints_to_alarm,
        treat_missing_data=MISSING_DATA,
        alarm_actions=[args.topic_arn],
        ok_actions=[args.topic_arn],
        tags=args.tags,
        **metric,  # type: ignore[arg-type]
    )


def _sum_of(watch: Watch) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    parts = {f"m{number}": metric for number, metric in enumerate(watch.metrics, 1)}
    total = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="total", expression=" + ".join(parts), label=" + ".join(watch.metrics), return_data=True
    )
    return [
        total,
        *(
            aws.cloudwatch.MetricAlarmMetricQueryArgs(
                id=id_,
                return_data=False,
                metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                    namespace=watch.namespace,
                    metric_name=metric,
                    dimensions=watch.dimensions,
                    period=PERIOD_SECONDS,
                    stat=watch.statistic,
                ),
            )
            for id_, metric in parts.items()
        ),
    ]
