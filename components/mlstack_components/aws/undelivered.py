"""How long events wait that could not be delivered, and which rules may let them wait, as a pure function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.policies import document, require_tls, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

UNDELIVERED_SECONDS = 1_209_600
"""How long undelivered events are kept: fourteen days, the longest that SQS keeps a message."""


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
