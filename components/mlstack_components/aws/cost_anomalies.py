"""What is told of costs that are unlike those of the days before."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class CostAnomaliesArgs:
    """What the detection of cost anomalies is made from."""

    impact_usd: float
    """From which impact on the topic is told, in US dollars: what was spent above what was expected; above 0."""
    topic_arn: pulumi.Input[str]
    """The topic that is told at once. Its policy and key must let `costalerts.amazonaws.com` publish."""
    monitor_arn: str | None = None
    """A monitor that is there; None makes one. AWS lets only an organisation's management account, or an account of its
    own, make monitors by tag (https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html)."""
    cost_tag: tuple[str, str] = ("", "")
    """Key and value of the tag that the monitor which is made looks at; a monitor takes one key. AWS knows tags that
    are activated as cost allocation tags."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of monitor and subscription."""


class CostAnomalies(pulumi.ComponentResource):
    """A monitor of AWS Cost Anomaly Detection, and the subscription of a topic to what it finds."""

    monitor_arn: pulumi.Output[str]
    """The monitor."""
    subscription_arn: pulumi.Output[str]
    """The subscription."""
    monitor: aws.costexplorer.AnomalyMonitor | None
    """The monitor that is made; None for one that was there already."""
    subscription: aws.costexplorer.AnomalySubscription
    """The subscription."""

    def __init__(self, name: str, args: CostAnomaliesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:CostAnomalies", name, {}, opts)
        self.monitor = None
        self.monitor_arn = self._monitor(name, args)
        self.subscription = subscription = aws.costexplorer.AnomalySubscription(
            f"{name}-cost-anomalies",
            aws.costexplorer.AnomalySubscriptionArgs(
                # Topics are told at once, addresses once a day or a week; the topic takes everybody's addresses.
                frequency="IMMEDIATE",
                monitor_arn_lists=[self.monitor_arn],
                subscribers=[aws.costexplorer.AnomalySubscriptionSubscriberArgs(type="SNS", address=args.topic_arn)],
                threshold_expression=threshold(args.impact_usd),
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.subscription_arn = subscription.arn
        self.register_outputs({"monitor_arn": self.monitor_arn, "subscription_arn": self.subscription_arn})

    def _monitor(self, name: str, args: CostAnomaliesArgs) -> pulumi.Output[str]:
        if args.monitor_arn is not None:
            return pulumi.Output.from_input(args.monitor_arn)
        self.monitor = monitor = aws.costexplorer.AnomalyMonitor(
            f"{name}-cost-monitor",
            aws.costexplorer.AnomalyMonitorArgs(
                monitor_type="CUSTOM", monitor_specification=specification(*args.cost_tag), tags=args.tags
            ),
            pulumi.ResourceOptions(parent=self),
        )
        return monitor.arn


def specification(tag: str, value: str) -> str:
    """Return what a monitor looks at, as Cost Explorer's expression in JSON.

    Every member is written out, null or not: so the official provider reads it back, and another text would be a
    replacement (https://www.pulumi.com/registry/packages/aws/api-docs/costexplorer/anomalymonitor/).

    Args:
        tag: The tag's key; billing puts `user:` before those that are not AWS's own.
        value: The tag's value.
    """
    expression = {
        "And": None,
        "CostCategories": None,
        "Dimensions": None,
        "Not": None,
        "Or": None,
        "Tags": {"Key": f"user:{tag}", "MatchOptions": None, "Values": [value]},
    }
    return json.dumps(expression, separators=(",", ":"))


def threshold(impact_usd: float) -> aws.costexplorer.AnomalySubscriptionThresholdExpressionArgs:
    """Return from which anomaly on a subscription tells.

    Args:
        impact_usd: The total impact, in US dollars.
    """
    return aws.costexplorer.AnomalySubscriptionThresholdExpressionArgs(
        dimension=aws.costexplorer.AnomalySubscriptionThresholdExpressionDimensionArgs(
            key="ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            match_options=["GREATER_THAN_OR_EQUAL"],
            values=[f"{impact_usd:g}"],
        )
    )
