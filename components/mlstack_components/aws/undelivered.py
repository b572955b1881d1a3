"""The queue of events that could not be delivered: how long they wait, and which rules may let them wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.policies import document, require_tls, statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNDELIVERED_SECONDS = 1_209_600
"""How long undelivered events are kept: fourteen days, the longest that SQS keeps a message."""


def undelivered_queue(
    name: str,
    *,
    account: str,
    encryption_key_arn: pulumi.Input[str],
    rules: Iterable[aws.cloudwatch.EventRule],
    tags: dict[str, str],
    options: pulumi.ResourceOptions,
) -> tuple[aws.sqs.Queue, aws.sqs.QueuePolicy]:
    """Declare the queue of what the targets of rules could not take, and who may send to it.

    Args:
        name: What their logical names begin with.
        account: The account id.
        encryption_key_arn: The key of the messages.
        rules: The rules.
        tags: The queue's tags.
        options: The options of both.
    """
    queue = aws.sqs.Queue(
        f"{name}-undelivered",
        aws.sqs.QueueArgs(
            kms_master_key_id=encryption_key_arn, message_retention_seconds=UNDELIVERED_SECONDS, tags=tags
        ),
        options,
    )
    policy = pulumi.Output.all(queue.arn, *(rule.arn for rule in rules)).apply(
        lambda known: queue_policy(known[0], account, list(known[1:]))
    )
    sent = aws.sqs.QueuePolicyArgs(queue_url=queue.url, policy=policy)
    return queue, aws.sqs.QueuePolicy(f"{name}-undelivered-policy", sent, options)


def queue_policy(queue_arn: str, account: str, rule_arns: Sequence[str]) -> str:
    """Return who may send to the queue: the given rules of this account, and nobody without TLS.

    Args:
        queue_arn: The queue.
        account: The account id.
        rule_arns: The EventBridge rules; none where nothing is told of.
    """
    denied = require_tls(["sqs:*"], [queue_arn])
    if not rule_arns:
        return document(denied)
    return document(
        denied,
        statement(
            "KeepUndelivered",
            ["sqs:SendMessage"],
            queue_arn,
            principal={"Service": "events.amazonaws.com"},
            condition={
                "StringEquals": {"aws:SourceAccount": account},
                "ArnEquals": {"aws:SourceArn": list(rule_arns)},
            },
        ),
    )
