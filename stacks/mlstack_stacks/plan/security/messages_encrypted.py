"""Topics and queues have a key, and a policy that refuses unencrypted calls (SNS.1, SQS.1, .3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import UNKNOWN

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory

_POLICIES = {
    "aws:sns/topic:Topic": "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queue:Queue": "aws:sqs/queuePolicy:QueuePolicy",
}


def broken(inventory: Inventory) -> Broken:
    """Finds topics and queues without."""
    for each in inventory.of(*_POLICIES):
        if not each.properties.get("kmsMasterKeyId"):
            yield each, "has no key."
        policies = [p for p in inventory.of(_POLICIES[each.type]) if each.parent in {p.parent, p.urn}]
        if not policies:
            yield each, "has no policy that refuses unencrypted calls."
        for policy in policies:
            text = policy.properties.get("policy", "")
            if text != UNKNOWN and "aws:SecureTransport" not in str(text):
                yield each, "takes calls without encryption."
