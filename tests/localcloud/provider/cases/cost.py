"""Cost Explorer."""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws import costexplorer, sns

from . import Case, Shared


def _tagged(value: str) -> str:
    tags = {"Key": "user:mlstack:project", "MatchOptions": None, "Values": [value]}
    return json.dumps({"And": None, "CostCategories": None, "Dimensions": None, "Not": None, "Or": None, "Tags": tags})


def _from(usd: str) -> Any:
    return costexplorer.AnomalySubscriptionThresholdExpressionArgs(
        dimension=costexplorer.AnomalySubscriptionThresholdExpressionDimensionArgs(
            key="ANOMALY_TOTAL_IMPACT_ABSOLUTE", match_options=["GREATER_THAN_OR_EQUAL"], values=[usd]
        )
    )


def _to(topic: Any) -> list[Any]:
    return [costexplorer.AnomalySubscriptionSubscriberArgs(type="SNS", address=topic.arn)]


CASES = [
    Case(
        token="aws:costexplorer/anomalyMonitor:AnomalyMonitor",
        make=costexplorer.AnomalyMonitor,
        inputs=lambda _: {
            "monitor_type": "CUSTOM",
            "monitor_specification": _tagged("weather"),
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {"name": "changed", "tags": {"a": "2"}},
        replace=lambda _: {"monitor_specification": _tagged("churn")},
        tamper=lambda aws, o: aws("ce").update_anomaly_monitor(MonitorArn=o["arn"], MonitorName="by hand"),
        remove=lambda aws, o: aws("ce").delete_anomaly_monitor(MonitorArn=o["arn"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:costexplorer/anomalySubscription:AnomalySubscription",
        make=costexplorer.AnomalySubscription,
        inputs=lambda shared: {
            "frequency": "IMMEDIATE",
            "monitor_arn_lists": [shared.monitor.arn],
            "subscribers": _to(shared.topic),
            "threshold_expression": _from("50"),
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "accountId", "tagsAll"),
        change=lambda shared: {
            "subscribers": _to(shared.topic2),
            "threshold_expression": _from("60"),
            "tags": {"a": "2"},
        },
        replace=lambda _: {"name": "other"},
        tamper=lambda aws, o: aws("ce").update_anomaly_subscription(
            SubscriptionArn=o["arn"],
            ThresholdExpression={
                "Dimensions": {
                    "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
                    "Values": ["1"],
                }
            },
        ),
        remove=lambda aws, o: aws("ce").delete_anomaly_subscription(SubscriptionArn=o["arn"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
]


def shared(resources: Shared) -> None:
    """Resources that no case touches."""
    resources.resources.update(
        topic=sns.Topic("topic"),
        topic2=sns.Topic("topic2"),
        monitor=costexplorer.AnomalyMonitor(
            "monitor", monitor_type="CUSTOM", monitor_specification=_tagged("shared"), name="shared"
        ),
    )
