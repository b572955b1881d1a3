"""What tells other accounts of the versions of a registry that they use."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.policies import trust_policy
from mlstack_components.aws.undelivered import undelivered_queue
from mlstack_components.aws.version_events import forwarding_policy, versions_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.placement import Placement


_MAX_RECEIVER = 12
"""What a prefix of 40 characters, `-to-` and the provider's own eight leave of the 64 of a rule's or a role's name."""


@dataclass(frozen=True, kw_only=True)
class EventForwardingArgs:
    """What the forwarding of events is made from."""

    placement: Placement
    """The account and region of the registry."""
    model_package_group_name: str
    """The registry."""
    receivers: Mapping[str, str]
    """The buses in other accounts, by ARN, by the names of the environments that hear of versions there."""
    encryption_key_arn: pulumi.Input[str]
    """The key of the queue of what could not be delivered."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The policy that no role may exceed; None for none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


class EventForwarding(pulumi.ComponentResource):
    """One EventBridge rule a receiver, whose target is the receiver's bus, under a role for that bus alone.

    Events that a bus did not take wait in a queue: those of an environment that is not up yet, too. Rules:
    CKV_AWS_27, CKV_AWS_60 to 63, 286 to 290, 355, SQS.1.
    """

    undelivered_queue_arn: pulumi.Output[str]
    """The queue of events that could not be delivered."""
    rules: dict[str, aws.cloudwatch.EventRule]
    """The rules, by receiver."""
    roles: dict[str, aws.iam.Role]
    """The roles that put events on the receivers' buses, by receiver."""
    role_policies: dict[str, aws.iam.RolePolicy]
    """What they may do, by receiver."""
    targets: dict[str, aws.cloudwatch.EventTarget]
    """The rules' targets, by receiver."""
    queue: aws.sqs.Queue
    """The queue of what could not be delivered."""
    queue_policy: aws.sqs.QueuePolicy
    """Who may send to it."""

    def __init__(self, name: str, args: EventForwardingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:EventForwarding", name, {}, opts)
        self._name, self._args = name, args
        self.rules = {receiver: self._rule(receiver) for receiver in args.receivers}
        self.queue, self.queue_policy = undelivered_queue(
            f"{name}-forward",
            account=args.placement.account,
            encryption_key_arn=args.encryption_key_arn,
            rules=self.rules.values(),
            tags=args.tags,
            options=pulumi.ResourceOptions(parent=self),
        )
        self.roles, self.role_policies, self.targets = {}, {}, {}
        for receiver, bus_arn in args.receivers.items():
            self._forward(receiver, bus_arn)
        self.undelivered_queue_arn = self.queue.arn
        self.register_outputs({"undelivered_queue_arn": self.undelivered_queue_arn})

    def _start(self, receiver: str) -> str:
        short = len(receiver) <= _MAX_RECEIVER
        # No environment's name begins with a digit.
        return f"{self._name}-to-{receiver if short else '0' + hashlib.sha256(receiver.encode()).hexdigest()[:7]}"

    def _rule(self, receiver: str) -> aws.cloudwatch.EventRule:
        return aws.cloudwatch.EventRule(
            self._start(receiver),
            aws.cloudwatch.EventRuleArgs(
                description=f"What happens to model versions, for {receiver}",
                event_pattern=versions_pattern([self._args.model_package_group_name]),
                tags=self._args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _forward(self, receiver: str, bus_arn: str) -> None:
        args, child = self._args, pulumi.ResourceOptions(parent=self)
        start = self._start(receiver)
        # The rule's name begins so, and ends as the provider chooses.
        trusted = [args.placement.arn("events", f"rule/{start}-*")]
        self.roles[receiver] = role = aws.iam.Role(
            start,
            aws.iam.RoleArgs(
                description=f"Tells {receiver} of model versions",
                assume_role_policy=trust_policy(args.placement, "events", trusted),
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            child,
        )
        self.role_policies[receiver] = policy = aws.iam.RolePolicy(
            f"{start}-policy",
            aws.iam.RolePolicyArgs(role=role.name, policy=forwarding_policy(bus_arn)),
            child,
        )
        self.targets[receiver] = aws.cloudwatch.EventTarget(
            f"{start}-target",
            aws.cloudwatch.EventTargetArgs(
                rule=self.rules[receiver].name,
                arn=bus_arn,
                role_arn=pulumi.Output.all(role.arn, policy.id).apply(lambda known: str(known[0])),
                dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(arn=self.queue.arn),
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[self.queue_policy]),
        )
