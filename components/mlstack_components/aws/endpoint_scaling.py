"""Automatic scaling of an endpoint: more instances under load, fewer without, and other ranges at known times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.scalable_target import scalable_target
from mlstack_components.aws.scaling_schedule import at_schedule, cron_schedule

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class CapacitySchedule:
    """Another range from a point in time on; one of `cron` and `at`."""

    min_instances: int
    """The least number of instances."""
    max_instances: int
    """The largest number of instances."""
    cron: str | None = None
    """When, again and again, in UTC: minute, hour, day of the month, month, weekday."""
    at: str | None = None
    """When, once, in UTC: `2026-12-24T18:00:00`."""

    @property
    def expression(self) -> str:
        """The schedule in AWS's words."""
        return cron_schedule(self.cron) if self.cron is not None else at_schedule(self.at or "")


@dataclass(frozen=True, kw_only=True)
class EndpointScalingArgs:
    """What an endpoint is scaled by."""

    endpoint_name: pulumi.Input[str]
    """The endpoint, which must be in service: give its output, so that scaling waits for it."""
    variant_name: str
    """The production variant."""
    min_instances: int
    """The least number of instances, 1 or more."""
    max_instances: int
    """The largest number of instances."""
    invocations_per_instance: int
    """How many calls a minute each instance should get (SageMakerVariantInvocationsPerInstance)."""
    scale_in_cooldown_seconds: int = 300
    """How long after instances were removed more may be."""
    scale_out_cooldown_seconds: int = 300
    """How long after instances were added more may be."""
    schedules: Sequence[CapacitySchedule] = ()
    """Ranges for known times. Once there are any, they and not this component say which range is in effect."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the scalable target; policies and scheduled actions have none."""


class EndpointScaling(pulumi.ComponentResource):
    """A scalable target on one variant of an endpoint, its target tracking and its scheduled actions.

    An endpoint may get another model while it is registered, but no other instance type
    (https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html).
    """

    target: aws.appautoscaling.Target
    """The scalable target."""
    policy: aws.appautoscaling.Policy
    """The target tracking."""
    scheduled_actions: list[aws.appautoscaling.ScheduledAction]
    """The scheduled actions, in the order of the schedules."""
    target_arn: pulumi.Output[str]
    """The scalable target's ARN."""

    def __init__(self, name: str, args: EndpointScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:EndpointScaling", name, {}, opts)
        self.target = self._target(name, args)
        self.target_arn = self.target.arn
        self.policy = self._policy(name, args)
        self.scheduled_actions = [
            self._action(f"{name}-scaling-schedule-{number}", schedule)
            for number, schedule in enumerate(args.schedules, start=1)
        ]
        self.register_outputs({"target_arn": self.target_arn})

    def _target(self, name: str, args: EndpointScalingArgs) -> aws.appautoscaling.Target:
        # A scheduled action changes the range of the target: putting it back would scale a busy endpoint down.
        moving = ["minCapacity", "maxCapacity"] if args.schedules else None
        return scalable_target(name, args, pulumi.ResourceOptions(parent=self, ignore_changes=moving))

    def _policy(self, name: str, args: EndpointScalingArgs) -> aws.appautoscaling.Policy:
        metric = aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
            predefined_metric_type="SageMakerVariantInvocationsPerInstance"
        )
        return aws.appautoscaling.Policy(
            f"{name}-scaling-policy",
            aws.appautoscaling.PolicyArgs(
                service_namespace=self.target.service_namespace,
                scalable_dimension=self.target.scalable_dimension,
                resource_id=self.target.resource_id,
                policy_type="TargetTrackingScaling",
                target_tracking_scaling_policy_configuration=(
                    aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                        predefined_metric_specification=metric,
                        target_value=args.invocations_per_instance,
                        scale_in_cooldown=args.scale_in_cooldown_seconds,
                        scale_out_cooldown=args.scale_out_cooldown_seconds,
                    )
                ),
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _action(self, name: str, schedule: CapacitySchedule) -> aws.appautoscaling.ScheduledAction:
        return aws.appautoscaling.ScheduledAction(
            name,
            aws.appautoscaling.ScheduledActionArgs(
                service_namespace=self.target.service_namespace,
                scalable_dimension=self.target.scalable_dimension,
                resource_id=self.target.resource_id,
                schedule=schedule.expression,
                scalable_target_action=aws.appautoscaling.ScheduledActionScalableTargetActionArgs(
                    min_capacity=schedule.min_instances, max_capacity=schedule.max_instances
                ),
            ),
            pulumi.ResourceOptions(parent=self),
        )
