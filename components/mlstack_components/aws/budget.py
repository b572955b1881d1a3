"""A monthly budget of one environment or of the whole account, and who hears when it runs out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """What a budget is made from."""

    monthly_usd: float
    """What a month may cost, in US dollars; above 0."""
    alert_percent: Sequence[int]
    """At which percentages of it the topic is told, once they are spent and once they are forecast; at most 5."""
    topic_arn: pulumi.Input[str] | None
    """The topic that is told; None tells nobody. Its policy and key must let `budgets.amazonaws.com` publish."""
    cost_tags: dict[str, str]
    """The tags of what counts, all of them; AWS counts by tags that are activated as cost allocation tags. Where there
    are none, everything in the account counts."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the budget itself."""


class Budget(pulumi.ComponentResource):
    """An AWS budget on the cost of everything that carries some tags, or of everything."""

    budget_name: pulumi.Output[str]
    """The budget's name."""
    budget: aws.budgets.Budget
    """The budget."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:Budget", name, {}, opts)
        self.budget = budget = aws.budgets.Budget(
            f"{name}-budget",
            aws.budgets.BudgetArgs(
                budget_type="COST",
                time_unit="MONTHLY",
                limit_amount=f"{args.monthly_usd:g}",
                limit_unit="USD",
                metrics="UnblendedCost",
                filter_expression=cost_filter(args.cost_tags),
                notifications=notifications(args),
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.budget_name = budget.name
        self.register_outputs({"budget_name": self.budget_name})


def cost_filter(tags: dict[str, str]) -> aws.budgets.BudgetFilterExpressionArgs | None:
    """Return the filter of what carries all of some tags.

    An expression, since a cost filter takes several tags for alternatives.

    Args:
        tags: The tags; two or more, for an `And` of one is refused, or none, for no filter.
    """
    if not tags:
        return None
    return aws.budgets.BudgetFilterExpressionArgs(
        ands=[
            aws.budgets.BudgetFilterExpressionAndArgs(
                tags=aws.budgets.BudgetFilterExpressionAndTagsArgs(key=key, values=[value], match_options=["EQUALS"])
            )
            for key, value in tags.items()
        ]
    )


def notifications(args: BudgetArgs) -> list[aws.budgets.BudgetNotificationArgs]:
    """Return the notifications: at each percentage, of what was spent and of what is forecast for the month."""
    if args.topic_arn is None:
        return []
    return [
        aws.budgets.BudgetNotificationArgs(
            comparison_operator="GREATER_THAN",
            notification_type=kind,
            threshold=percent,
            threshold_type="PERCENTAGE",
            # The topic alone: a notification takes ten addresses, the topic takes everybody's.
            subscriber_sns_topic_arns=[args.topic_arn],
        )
        for percent in args.alert_percent
        for kind in ("ACTUAL", "FORECASTED")
    ]
