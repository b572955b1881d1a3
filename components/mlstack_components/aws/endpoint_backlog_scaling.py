"""Automatic scaling of an asynchronous endpoint by its backlog, down to no instance at all.

https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html: target tracking follows the backlog of
each instance. Without an instance there is no such metric, so an alarm on `HasBacklogWithoutCapacity` starts the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.endpoint_metrics import INVOCATIONS
from mlstack_components.aws.scalable_target import scalable_target

_ALARM_PERIOD_SECONDS = 60
_ALARM_PERIODS = 2


@dataclass(frozen=True, kw_only=True)
class EndpointBacklogScalingArgs:
    """What an asynchronous endpoint is scaled by."""

    endpoint_name: pulumi.Input[str]
    """The endpoint, which must be in service: give its output, so that scaling waits for it."""
    variant_name: str
    """The production variant."""
    min_instances: int
    """The least number of instances, 0 or more."""
    max_instances: int
    """The largest number of instances."""
    backlog_per_instance: float
    """How many calls should wait or be worked on for each instance (ApproximateBacklogSizePerInstance)."""
    scale_in_cooldown_seconds: int = 300
    """How long after instances were removed more may be."""
    scale_out_cooldown_seconds: int = 300
    """How long after instances were added more may be."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the scalable target and of the alarm; policies have none."""


class EndpointBacklogScaling(pulumi.ComponentResource):
    """A scalable target, its target tracking, and what wakes it up from no instance.

    The alarm acts on the step scaling and tells nobody: a call that wakes an endpoint is no fault.
    """

    target: aws.appautoscaling.Target
    """The scalable target."""
    policy: aws.appautoscaling.Policy
    """The target tracking."""
    waking: aws.appautoscaling.Policy | None
    """The step scaling that starts the first instance; None where there always is one."""
    alarm: aws.cloudwatch.MetricAlarm | None
    """What runs it."""
    target_arn: pulumi.Output[str]
    """The scalable target's ARN."""

    def __init__(self, name: str, args: EndpointBacklogScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:EndpointBacklogScaling", name, {}, opts)
        self.target = scalable_target(name, args, pulumi.ResourceOptions(parent=self))
        self.target_arn = self.target.arn
        self.policy = self._tracking(name, args)
        self.waking = self.alarm = None
        if args.min_instances == 0:
            self.waking = self._step(name, args)
            self.alarm = self._alarm(name, args, self.waking)
        self.register_outputs({"target_arn": self.target_arn})

    def _tracking(self, name: str, args: EndpointBacklogScalingArgs) -> aws.appautoscaling.Policy:
        prefix = aws.appautoscaling
        dimension = prefix.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationDimensionArgs
        metric = prefix.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationArgs(
            namespace=INVOCATIONS,
            metric_name="ApproximateBacklogSizePerInstance",
            dimensions=[dimension(name="EndpointName", value=args.endpoint_name)],
            statistic="Average",
        )
        return prefix.Policy(
            f"{name}-backlog-policy",
            prefix.PolicyArgs(
                service_namespace=self.target.service_namespace,
                scalable_dimension=self.target.scalable_dimension,
                resource_id=self.target.resource_id,
                policy_type="TargetTrackingScaling",
                target_tracking_scaling_policy_configuration=prefix.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                    customized_metric_specification=metric,
                    target_value=args.backlog_per_instance,
                    scale_in_cooldown=args.scale_in_cooldown_seconds,
                    scale_out_cooldown=args.scale_out_cooldown_seconds,
                ),
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _step(self, name: str, args: EndpointBacklogScalingArgs) -> aws.appautoscaling.Policy:
        prefix = aws.appautoscaling
        step = prefix.PolicyStepScalingPolicyConfigurationStepAdjustmentArgs(
            metric_interval_lower_bound="0", scaling_adjustment=1
        )
        return prefix.Policy(
            f"{name}-waking-policy",
            prefix.PolicyArgs(
                service_namespace=self.target.service_namespace,
                scalable_dimension=self.target.scalable_dimension,
                resource_id=self.target.resource_id,
                policy_type="StepScaling",
                step_scaling_policy_configuration=prefix.PolicyStepScalingPolicyConfigurationArgs(
                    adjustment_type="ChangeInCapacity",
                    metric_aggregation_type="Average",
                    cooldown=args.scale_out_cooldown_seconds,
                    step_adjustments=[step],
                ),
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _alarm(
        self, name: str, args: EndpointBacklogScalingArgs, waking: aws.appautoscaling.Policy
    ) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            f"{name}-waking",
            aws.cloudwatch.MetricAlarmArgs(
                alarm_description="Calls wait, and there is no instance: the first one is started",
                namespace=INVOCATIONS,
                metric_name="HasBacklogWithoutCapacity",
                dimensions={"EndpointName": args.endpoint_name},
                statistic="Average",
                period=_ALARM_PERIOD_SECONDS,
                evaluation_periods=_ALARM_PERIODS,
                datapoints_to_alarm=_ALARM_PERIODS,
                threshold=1,
                comparison_operator="GreaterThanOrEqualToThreshold",
                treat_missing_data="missing",
                alarm_actions=[waking.arn],
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
