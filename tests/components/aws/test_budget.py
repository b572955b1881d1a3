from __future__ import annotations

import pytest
from mlstack_components.aws.budget import Budget, BudgetArgs

TOPIC = "arn:aws:sns:eu-west-1:111111111111:topic"


@pytest.fixture
def budget(declare, tags):
    args = BudgetArgs(
        monthly_usd=300,
        alert_percent=[80, 100],
        topic_arn=TOPIC,
        cost_tags={"mlstack:project": "weather", "mlstack:environment": "dev"},
        tags=tags,
    )
    return declare(lambda: Budget("weather-dev", args).budget_name).one("aws:budgets/budget:Budget").inputs


def test_it_is_a_monthly_limit_in_dollars(budget, tags):
    assert {name: budget[name] for name in ("budgetType", "timeUnit", "limitAmount", "limitUnit", "metrics")} == {
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": "300",
        "limitUnit": "USD",
        "metrics": "UnblendedCost",
    }
    assert budget["tags"] == tags


def test_only_what_has_both_tags_counts(budget):
    """Several values of a cost filter are alternatives: another project's `dev` would count too."""
    assert [each["tags"] for each in budget["filterExpression"]["ands"]] == [
        {"key": "mlstack:project", "values": ["weather"], "matchOptions": ["EQUALS"]},
        {"key": "mlstack:environment", "values": ["dev"], "matchOptions": ["EQUALS"]},
    ]


def test_the_topic_hears_of_what_was_spent_and_of_what_is_forecast(budget):
    told = {(each["threshold"], each["notificationType"]) for each in budget["notifications"]}
    assert told == {(80, "ACTUAL"), (80, "FORECASTED"), (100, "ACTUAL"), (100, "FORECASTED")}
    for each in budget["notifications"]:
        assert each["subscriberSnsTopicArns"] == [TOPIC]
        assert (each["comparisonOperator"], each["thresholdType"]) == ("GREATER_THAN", "PERCENTAGE")
