"""The part `budget`: what a month may cost, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.budget import Budget as BudgetComponent
from mlstack_components.aws.budget import BudgetArgs

if TYPE_CHECKING:
    import pulumi

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec.budget import Budget

_COUNTED_TAGS = ("mlstack:project", "mlstack:environment")
# A monitor of anomalies takes one tag.
_MONITORED_TAG = "mlstack:project"


def declare(budget: Budget, environment: Environment) -> dict[str, Any]:
    """Declares the budget.

    Args:
        budget: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name: none.
    """
    arguments = BudgetArgs(
        monthly_usd=budget.monthly_usd,
        alert_percent=budget.alert_percent,
        topic_arn=environment.topic_arn,
        cost_tags={tag: environment.tags[tag] for tag in _COUNTED_TAGS},
        tags=environment.tags,
    )
    BudgetComponent(environment.prefix, arguments, environment.options)
    # What nobody is told of is not looked for; a check of the plan says that it is left out.
    if budget.anomaly_usd is not None and environment.topic_arn is not None:
        _anomalies(budget, budget.anomaly_usd, environment.topic_arn, environment)
    return {}


def _anomalies(budget: Budget, impact_usd: float, topic_arn: pulumi.Output[str], environment: Environment) -> None:
    from mlstack_components.aws.cost_anomalies import CostAnomalies, CostAnomaliesArgs

    arguments = CostAnomaliesArgs(
        impact_usd=impact_usd,
        topic_arn=topic_arn,
        monitor_arn=budget.anomaly_monitor,
        cost_tag=(_MONITORED_TAG, environment.tags[_MONITORED_TAG]),
        tags=environment.tags,
    )
    CostAnomalies(environment.prefix, arguments, environment.options)
