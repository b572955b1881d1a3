"""The part `budget`: what a month of the whole account may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.budget import Budget as BudgetComponent
from mlstack_components.aws.budget import BudgetArgs

if TYPE_CHECKING:
    from mlstack_stacks.platform.composition.environment import PlatformEnvironment
    from mlstack_stacks.platform.spec import AccountBudget


def declare(budget: AccountBudget, environment: PlatformEnvironment) -> dict[str, Any]:
    """Declares the budget.

    Args:
        budget: The specification's part.
        environment: The platform's environment.

    Returns:
        The outputs, by name.
    """
    arguments = BudgetArgs(
        monthly_usd=budget.monthly_usd,
        alert_percent=budget.alert_percent,
        topic_arn=environment.topic_arn,
        cost_tags={},
        tags=environment.tags,
    )
    return {"budget_name": BudgetComponent(environment.prefix, arguments, environment.options).budget_name}
