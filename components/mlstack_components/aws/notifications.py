"""Who is told when a pipeline ends, a version waits for approval or an endpoint changes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.monitor_events import violations_pattern
from mlstack_components.aws.notification_events import event_patterns
from mlstack_components.aws.policies import Statement, document, require_tls, statement
from mlstack_components.aws.undelivered import UNDELIVERED_SECONDS, queue_policy
from mlstack_components.aws.version_events import versions_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.notification_events import ToldOf
    from mlstack_components.aws.placement import Placement

_FORWARDED = "forwarded-version"
"""The rule that hears of other accounts' versions."""


@dataclass(frozen=True, kw_only=True)
class NotificationsArgs:
    """What notifications are made from."""

    placement: Placement
    """The account and region."""
    encryption_key_arn: pulumi.Input[str]
    """The key of topic and queue."""
    emails: Sequence[str] = ()
    """Who is told; each address confirms by the first mail that it gets."""
    pipeline_name: str | None = None
    """The pipeline to tell of; None where there is none."""
    batch_pipeline_name: str | None = None
    """The pipeline that scores whole datasets, to tell of batches that failed; None where there is none."""
    model_package_group_name: str | None = None
    """The model registry to tell of; None where there is none."""
    endpoint_name: str | None = None
    """The endpoint to tell of; None where there is none."""
    monitoring_role_arn: pulumi.Input[str] | None = None
    """The role of the monitors' jobs, whose violations and failures are told of; None where there are none."""
    models: Sequence[ToldOf] = ()
    """What belongs to further models, to tell of by the same rules."""
    forwarded_groups: Sequence[str] = ()
    """The model registries of other accounts to tell of, whose events come by `forwarded_bus`."""
    forwarded_bus: pulumi.Input[str] | None = None
    """The event bus that hears of them, by name; None where there are none."""
    alarms_publish: bool = False
    """Whether CloudWatch's alarms of the account publish to the topic."""
    budgets_publish: bool = False
    """Whether AWS Budgets of the account publish to the topic."""
    anomalies_publish: bool = False
    """Whether AWS Cost Anomaly Detection of the account publishes to the topic."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


class Notifications(pulumi.ComponentResource):
    """An SNS topic with its subscriptions, and the EventBridge rules that feed it.

    Events that could not be delivered wait in a queue. Rules: CKV_AWS_26, CKV_AWS_27, CKV_AWS_169, SNS.1, SQS.1.
    """

    topic_arn: pulumi.Output[str]
    """The topic; anything may be subscribed to it."""
    undelivered_queue_arn: pulumi.Output[str]
    """The queue of events that could not be delivered."""
    topic: aws.sns.Topic
    """The topic."""
    topic_policy: aws.sns.TopicPolicy
    """Who may publish to it."""
    queue: aws.sqs.Queue
    """The queue of what could not be delivered."""
    queue_policy: aws.sqs.QueuePolicy
    """Who may send to it."""
    rules: dict[str, aws.cloudwatch.EventRule]
    """The rules, by what they tell of."""
    targets: dict[str, aws.cloudwatch.EventTarget]
    """The rules' targets, by the same names."""
    subscriptions: dict[str, aws.sns.TopicSubscription]
    """The subscriptions, by address."""

    def __init__(self, name: str, args: NotificationsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:Notifications", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.topic = topic = aws.sns.Topic(
            f"{name}-notifications",
            aws.sns.TopicArgs(kms_master_key_id=args.encryption_key_arn, tags=args.tags),
            child,
        )
        self.queue = queue = aws.sqs.Queue(
            f"{name}-undelivered",
            aws.sqs.QueueArgs(
                kms_master_key_id=args.encryption_key_arn,
                message_retention_seconds=UNDELIVERED_SECONDS,
                tags=args.tags,
            ),
            child,
        )
        self.rules = rules = self._rules(name, args)
        self._policies(name, args, topic, queue, rules)
        self.targets = {
            event: aws.cloudwatch.EventTarget(
                f"{name}-{event}-target",
                aws.cloudwatch.EventTargetArgs(
                    rule=rule.name,
                    event_bus_name=_bus(event, args),
                    arn=topic.arn,
                    dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(arn=queue.arn),
                ),
                child,
            )
            for event, rule in rules.items()
        }
        self.subscriptions = {
            email: aws.sns.TopicSubscription(
                f"{name}-{email}",
                aws.sns.TopicSubscriptionArgs(topic=topic.arn, protocol="email", endpoint=email),
                child,
            )
            for email in args.emails
        }
        self.topic_arn = topic.arn
        self.undelivered_queue_arn = queue.arn
        self.register_outputs({"topic_arn": self.topic_arn, "undelivered_queue_arn": self.undelivered_queue_arn})

    def _rules(self, name: str, args: NotificationsArgs) -> dict[str, aws.cloudwatch.EventRule]:
        patterns: dict[str, tuple[str, pulumi.Input[str]]] = {
            event: (description, json.dumps(pattern, separators=(",", ":")))
            for event, (description, pattern) in event_patterns(args).items()
        }
        told_of: list[NotificationsArgs | ToldOf] = [args, *args.models]
        if roles := [each.monitoring_role_arn for each in told_of if each.monitoring_role_arn is not None]:
            found = pulumi.Output.all(*roles).apply(lambda arns: violations_pattern(*arns))
            patterns["violations"] = ("A monitor found violations, or failed", found)
        if args.forwarded_groups:
            description = "A model version of another account was registered, approved or rejected"
            patterns[_FORWARDED] = (description, versions_pattern(args.forwarded_groups))
        return {
            event: aws.cloudwatch.EventRule(
                f"{name}-{event}",
                aws.cloudwatch.EventRuleArgs(
                    description=description,
                    event_bus_name=_bus(event, args),
                    event_pattern=pattern,
                    tags=args.tags,
                ),
                pulumi.ResourceOptions(parent=self),
            )
            for event, (description, pattern) in patterns.items()
        }

    def _policies(
        self,
        name: str,
        args: NotificationsArgs,
        topic: aws.sns.Topic,
        queue: aws.sqs.Queue,
        rules: dict[str, aws.cloudwatch.EventRule],
    ) -> None:
        child = pulumi.ResourceOptions(parent=self)
        rule_arns = pulumi.Output.all(*(rule.arn for rule in rules.values()))
        account = args.placement.account
        self.topic_policy = aws.sns.TopicPolicy(
            f"{name}-notifications-policy",
            aws.sns.TopicPolicyArgs(
                arn=topic.arn,
                policy=topic.arn.apply(
                    lambda arn: topic_policy(arn, receives_events=bool(rules), publishers=publishers(args))
                ),
            ),
            child,
        )
        self.queue_policy = aws.sqs.QueuePolicy(
            f"{name}-undelivered-policy",
            aws.sqs.QueuePolicyArgs(
                queue_url=queue.url,
                policy=pulumi.Output.all(queue.arn, rule_arns).apply(
                    lambda known: queue_policy(known[0], account, known[1])
                ),
            ),
            child,
        )


def _bus(event: str, args: NotificationsArgs) -> pulumi.Input[str] | None:
    """The event bus of a rule; None for the account's own."""
    return args.forwarded_bus if event == _FORWARDED else None


def topic_policy(topic_arn: str, *, receives_events: bool, publishers: Sequence[Statement] = ()) -> str:
    """Return who may publish, and nobody without TLS; the account's own roles may by their own policies.

    Args:
        topic_arn: The topic.
        receives_events: Whether rules feed the topic.
        publishers: What else publishes, as `publishers` returns it; each gets the topic as its resource.
    """
    # A topic's policy takes no wildcard action; publishing is what carries data.
    denied = require_tls(["sns:Publish"], [topic_arn])
    others = [{**each, "Resource": [topic_arn]} for each in publishers]
    if not receives_events:
        return document(denied, *others)
    # "You can't use Condition blocks in Amazon SNS topic policies for EventBridge"
    # (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html): with one that names this
    # account or its rules, every event would be dropped.
    return document(
        denied,
        statement("PublishEvents", ["sns:Publish"], topic_arn, principal={"Service": "events.amazonaws.com"}),
        *others,
    )


def publishers(args: NotificationsArgs) -> list[Statement]:
    """Return the statements of the services that publish to the topic on behalf of this account.

    Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html (alarms),
    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html (budgets) and
    https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html (anomalies).

    Args:
        args: The arguments of the notifications.
    """
    placement = args.placement
    # Budgets and anomalies have no region.
    sources = {
        "PublishAlarms": ("cloudwatch", placement.arn("cloudwatch", "alarm:*"), args.alarms_publish),
        "PublishBudgets": (
            "budgets",
            f"arn:{placement.partition}:budgets::{placement.account}:*",
            args.budgets_publish,
        ),
        "PublishAnomalies": (
            "costalerts",
            f"arn:{placement.partition}:ce::{placement.account}:anomalysubscription/*",
            args.anomalies_publish,
        ),
    }
    return [
        statement(
            sid,
            ["sns:Publish"],
            principal={"Service": f"{service}.amazonaws.com"},
            condition={
                "StringEquals": {"aws:SourceAccount": placement.account},
                "ArnLike": {"aws:SourceArn": source},
            },
        )
        for sid, (service, source, publishes) in sources.items()
        if publishes
    ]
