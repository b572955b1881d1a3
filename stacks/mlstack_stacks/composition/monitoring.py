"""The part `monitoring`: alarms and dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from mlstack_stacks.spec.variants import SHADOW, variant_names

if TYPE_CHECKING:
    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec.monitoring import AlarmThresholds, Monitoring


def declare(monitoring: Monitoring, environment: Environment) -> dict[str, Any]:
    """Declares what watches an environment.

    Args:
        monitoring: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    alarm_arns: pulumi.Output[list[str]] = pulumi.Output.from_input([])
    # An alarm without an action is seen by nobody; a check of the plan says that it is left out.
    if monitoring.alarms is not None and environment.topic_arn is not None:
        alarm_arns = _alarms(monitoring.alarms, environment.topic_arn, environment)
    return _dashboard(alarm_arns, environment) if monitoring.dashboard else {}


def _alarms(
    thresholds: AlarmThresholds, topic_arn: pulumi.Output[str], environment: Environment
) -> pulumi.Output[list[str]]:
    from mlstack_components.aws.alarms import Alarms, AlarmsArgs
    from mlstack_components.aws.alarms import AlarmThresholds as Thresholds

    serving = environment.spec.serving
    arguments = AlarmsArgs(
        topic_arn=topic_arn,
        thresholds=Thresholds(**{**thresholds.model_dump(), **_without(environment)}),
        endpoint_name=environment.endpoint_name,
        # By mlstack.yaml and not by what is released: a release changes the endpoint and nothing else.
        further_variants=[each for each in variant_names(serving) if each != SHADOW],
        instance_type=None if serving is None else serving.instance_type,
        asynchronous=serving is not None and serving.kind == "asynchronous",
        pipeline_name=environment.pipeline_name,
        tags=environment.tags,
    )
    return Alarms(environment.prefix, arguments, environment.options).alarm_arns


def _without(environment: Environment) -> dict[str, None]:
    """The thresholds that the kind of serving has no alarm of."""
    serving = environment.spec.serving
    if serving is not None and serving.kind == "serverless":
        # https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
        return {"cpu_percent": None, "disk_percent": None}
    slow = serving is not None and serving.kind == "asynchronous"
    # Slow calls are what it is for: only a threshold that somebody wrote counts.
    return (
        {"latency_p99_ms": None} if slow and environment.spec.place("monitoring.alarms.latency_p99_ms") is None else {}
    )


def _dashboard(alarm_arns: pulumi.Output[list[str]], environment: Environment) -> dict[str, Any]:
    from mlstack_components.aws.dashboard import Dashboard, DashboardArgs

    arguments = DashboardArgs(
        dashboard_name=environment.names.dashboard,
        placement=environment.placement,
        endpoint_name=environment.endpoint_name,
        further_variants=variant_names(environment.spec.serving),
        pipeline_name=environment.pipeline_name,
        monitored=environment.data_quality is not None,
        alarm_arns=alarm_arns,
    )
    return {"dashboard_name": Dashboard(environment.prefix, arguments, environment.options).dashboard_name}
