"""What watches an environment: alarms, dashboard and budget, each only where the specification has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

    from mlstack_stacks.naming import Names
    from mlstack_stacks.spec import EnvironmentSpec
    from mlstack_stacks.spec.budget import Budget
    from mlstack_stacks.spec.monitoring import AlarmThresholds

_COUNTED_TAGS = ("mlstack:project", "mlstack:environment")


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What there is to watch, and who is told.

    Attributes:
        names: The environment's names.
        placement: The account and region.
        endpoint_name: The endpoint, or None.
        pipeline_name: The training pipeline, or None.
        topic_arn: The topic of the notifications, or None.
        tags: The environment's tags.
    """

    names: Names
    placement: Placement
    endpoint_name: str | None
    pipeline_name: str | None
    topic_arn: pulumi.Output[str] | None
    tags: dict[str, str]


def publishers(spec: EnvironmentSpec) -> dict[str, bool]:
    """What publishes to the topic of the notifications, and so needs its policy and its key to say so.

    Args:
        spec: The specification.

    Returns:
        Arguments of the components that make topic and key.
    """
    told, monitoring = spec.notifications is not None, spec.monitoring
    return {
        "alarms_publish": told and monitoring is not None and monitoring.alarms is not None,
        "budgets_publish": told and spec.budget is not None,
    }


def observe(spec: EnvironmentSpec, observed: Observed, options: pulumi.ResourceOptions) -> dict[str, Any]:
    """Declares what watches an environment.

    Args:
        spec: The specification.
        observed: What there is to watch.
        options: The options of every component, with its parent.

    Returns:
        The outputs, by name.
    """
    if spec.budget is not None:
        _budget(spec.budget, observed, options)
    monitoring = spec.monitoring
    if monitoring is None:
        return {}
    instance_type = None if spec.serving is None else spec.serving.instance_type
    alarm_arns: pulumi.Output[list[str]] = pulumi.Output.from_input([])
    # An alarm without an action is seen by nobody; a check of the plan says that it is left out.
    if monitoring.alarms is not None and observed.topic_arn is not None:
        alarm_arns = _alarms(monitoring.alarms, instance_type, observed.topic_arn, observed, options)
    return _dashboard(alarm_arns, observed, options) if monitoring.dashboard else {}


def _alarms(
    thresholds: AlarmThresholds,
    instance_type: str | None,
    topic_arn: pulumi.Output[str],
    observed: Observed,
    options: pulumi.ResourceOptions,
) -> pulumi.Output[list[str]]:
    from mlstack_components.aws.alarms import Alarms, AlarmsArgs
    from mlstack_components.aws.alarms import AlarmThresholds as Thresholds

    arguments = AlarmsArgs(
        topic_arn=topic_arn,
        thresholds=Thresholds(**thresholds.model_dump()),
        endpoint_name=observed.endpoint_name,
        instance_type=instance_type,
        pipeline_name=observed.pipeline_name,
        tags=observed.tags,
    )
    return Alarms(observed.names.resource_prefix, arguments, options).alarm_arns


def _dashboard(
    alarm_arns: pulumi.Output[list[str]], observed: Observed, options: pulumi.ResourceOptions
) -> dict[str, Any]:
    from mlstack_components.aws.dashboard import Dashboard, DashboardArgs

    arguments = DashboardArgs(
        dashboard_name=observed.names.dashboard,
        placement=observed.placement,
        endpoint_name=observed.endpoint_name,
        pipeline_name=observed.pipeline_name,
        alarm_arns=alarm_arns,
    )
    return {"dashboard_name": Dashboard(observed.names.resource_prefix, arguments, options).dashboard_name}


def _budget(budget: Budget, observed: Observed, options: pulumi.ResourceOptions) -> None:
    from mlstack_components.aws.budget import Budget as BudgetComponent
    from mlstack_components.aws.budget import BudgetArgs

    arguments = BudgetArgs(
        monthly_usd=budget.monthly_usd,
        alert_percent=budget.alert_percent,
        topic_arn=observed.topic_arn,
        cost_tags={tag: observed.tags[tag] for tag in _COUNTED_TAGS},
        tags=observed.tags,
    )
    BudgetComponent(observed.names.resource_prefix, arguments, options)
