"""What guards costs and models: Cost Explorer, EventBridge Scheduler, the policies of model package groups."""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws import costexplorer, iam, sagemaker, scheduler, sns

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


def _shared_with(account: str, arn: Any) -> Any:
    def write(arn: str) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": ["sagemaker:DescribeModelPackageGroup"],
            "Resource": [arn],
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    return arn.apply(write)


def _delete(endpoint: str, role: Any) -> Any:
    return scheduler.ScheduleTargetArgs(
        arn="arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint",
        role_arn=role.arn,
        input=json.dumps({"EndpointName": endpoint}),
        retry_policy=scheduler.ScheduleTargetRetryPolicyArgs(
            maximum_event_age_in_seconds=300, maximum_retry_attempts=2
        ),
    )


def _trusted() -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _tamper_schedule(aws: Any, outputs: Any) -> None:
    found = aws("scheduler").get_schedule(Name=outputs["name"])
    members = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target", "State")
    aws("scheduler").update_schedule(**{name: found[name] for name in members} | {"State": "DISABLED"})


CASES = [
    Case(
        token="aws:scheduler/schedule:Schedule",
        make=scheduler.Schedule,
        inputs=lambda shared: {
            "schedule_expression": "cron(0 20 ? * MON-FRI *)",
            "flexible_time_window": scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            "target": _delete("one", shared.role),
        },
        outputs=("arn", "name"),
        change=lambda shared: {
            "schedule_expression": "rate(40 days)",
            "description": "changed",
            "target": _delete("two", shared.role),
        },
        replace=lambda _: {"name": "other"},
        tamper=_tamper_schedule,
        remove=lambda aws, o: aws("scheduler").delete_schedule(Name=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
        make=sagemaker.ModelPackageGroupPolicy,
        inputs=lambda shared: {
            "model_package_group_name": shared.group.model_package_group_name,
            "resource_policy": _shared_with("222222222222", shared.group.arn),
        },
        outputs=("modelPackageGroupName", "resourcePolicy"),
        change=lambda shared: {"resource_policy": _shared_with("333333333333", shared.group.arn)},
        replace=lambda shared: {"model_package_group_name": shared.group2.model_package_group_name},
        tamper=lambda aws, o: aws("sagemaker").put_model_package_group_policy(
            ModelPackageGroupName=o["modelPackageGroupName"],
            ResourcePolicy=o["resourcePolicy"].replace("333333333333", "444444444444"),
        ),
        remove=lambda aws, o: aws("sagemaker").delete_model_package_group_policy(
            ModelPackageGroupName=o["modelPackageGroupName"]
        ),
    ),
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
        role=iam.Role("role", assume_role_policy=_trusted()),
        group=sagemaker.ModelPackageGroup("group", model_package_group_name="shared"),
        group2=sagemaker.ModelPackageGroup("group2", model_package_group_name="shared2"),
        monitor=costexplorer.AnomalyMonitor(
            "monitor", monitor_type="CUSTOM", monitor_specification=_tagged("shared"), name="shared"
        ),
    )
