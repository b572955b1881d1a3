"""The part `budget`: what a month may cost, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.budget import Budget as BudgetComponent
from mlstack_components.aws.budget import BudgetArgs

if TYPE_CHECKING:
    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec.budget import Budget

_COUNTED_TAGS = ("mlstack:project", "mlstack:environment")


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
    return {}
