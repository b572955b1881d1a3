"""Takes an endpoint out of service on a schedule, so that nobody pays for machines that nobody asks.

What the schedule does is DeleteEndpoint: SageMaker has no stopped endpoints, and a real-time variant has one instance
at least. Model and endpoint configuration stay, so the next update makes the same endpoint again.

Nothing starts it again by itself. A second schedule could call CreateEndpoint, but with the name of a configuration in
its input, which each release changes: after a release that SageMaker rolled back, or one that failed half-way, the next
morning's endpoint would serve what was just refused, and no proof would be asked for. So starting is an update's
business, which reads the release pointer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.policies import document, statement, trust_policy

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

DELETE_ENDPOINT = "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint"
"""The universal target; its form is the same in all partitions
(https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html)."""

RETRY_ATTEMPTS = 2
RETRY_SECONDS = 300
"""For how long a call that failed is made again. AWS's default is a day: an endpoint that was being updated in the
evening would go in the middle of the next morning."""


@dataclass(frozen=True, kw_only=True)
class EndpointShutdownArgs:
    """What a shutdown on a schedule is made from."""

    placement: Placement
    """The account and region."""
    endpoint_name: str
    """The endpoint; it need not be there."""
    schedule: str
    """When, as EventBridge Scheduler writes it, in UTC: `cron(0 20 ? * MON-FRI *)`."""
    encryption_key_arn: pulumi.Input[str]
    """The key of the schedule."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The policy that its role may not exceed; None for none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the role; schedules have none."""


class EndpointShutdown(pulumi.ComponentResource):
    """A schedule that deletes one endpoint, and the role that may do just that.

    Rules: CKV_AWS_297, CKV_AWS_60, CKV_AWS_61.
    """

    schedule_arn: pulumi.Output[str]
    """The schedule."""
    role_arn: pulumi.Output[str]
    """Its role."""
    schedule: aws.scheduler.Schedule
    """The schedule."""
    role: aws.iam.Role
    """Its role."""
    role_policy: aws.iam.RolePolicy
    """What that role may do."""

    def __init__(self, name: str, args: EndpointShutdownArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:EndpointShutdown", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.role = role = aws.iam.Role(
            f"{name}-shutdown",
            aws.iam.RoleArgs(
                description=f"Takes the endpoint {args.endpoint_name} out of service",
                # A schedule acts on behalf of its group:
                # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
                assume_role_policy=trust_policy(
                    args.placement, "scheduler", [args.placement.arn("scheduler", "schedule-group/default")]
                ),
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            child,
        )
        endpoint_arn = args.placement.arn("sagemaker", f"endpoint/{args.endpoint_name.lower()}")
        self.role_policy = policy = aws.iam.RolePolicy(
            f"{name}-shutdown-policy",
            aws.iam.RolePolicyArgs(
                role=role.name,
                policy=pulumi.Output.from_input(args.encryption_key_arn).apply(
                    lambda key_arn: shutdown_policy(endpoint_arn, key_arn)
                ),
            ),
            child,
        )
        self.schedule = schedule = aws.scheduler.Schedule(
            f"{name}-shutdown-schedule",
            aws.scheduler.ScheduleArgs(
                description=f"Takes the endpoint {args.endpoint_name} out of service",
                schedule_expression=args.schedule,
                schedule_expression_timezone="UTC",
                flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
                kms_key_arn=args.encryption_key_arn,
                target=aws.scheduler.ScheduleTargetArgs(
                    arn=DELETE_ENDPOINT,
                    role_arn=role.arn,
                    input=json.dumps({"EndpointName": args.endpoint_name}, separators=(",", ":")),
                    retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                        maximum_event_age_in_seconds=RETRY_SECONDS, maximum_retry_attempts=RETRY_ATTEMPTS
                    ),
                ),
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.schedule_arn = schedule.arn
        self.role_arn = role.arn
        self.register_outputs({"schedule_arn": self.schedule_arn, "role_arn": self.role_arn})


def shutdown_policy(endpoint_arn: str, key_arn: str) -> str:
    """Return what the role may do: delete one endpoint, and read its own schedule.

    Args:
        endpoint_arn: The endpoint.
        key_arn: The key of the schedule.
    """
    return document(
        statement("DeleteEndpoint", ["sagemaker:DeleteEndpoint"], endpoint_arn),
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
        statement("ReadSchedule", ["kms:Decrypt"], key_arn),
    )
