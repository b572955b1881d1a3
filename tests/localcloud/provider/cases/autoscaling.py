from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_aws import appautoscaling

from . import Case, Shared

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_KEY = {"service_namespace": "sagemaker", "scalable_dimension": _DIMENSION}


def _resource(endpoint: str) -> str:
    return f"endpoint/{endpoint}/variant/AllTraffic"


def _key(outputs: Mapping[str, Any]) -> dict[str, str]:
    return {"ServiceNamespace": "sagemaker", "ResourceId": outputs["resourceId"], "ScalableDimension": _DIMENSION}


def _import_id(outputs: Mapping[str, Any]) -> str:
    return f"sagemaker/{outputs['resourceId']}/{_DIMENSION}"


def _named_import_id(outputs: Mapping[str, Any]) -> str:
    return f"{_import_id(outputs)}/{outputs['name']}"


def _tracking(target: int) -> appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs:
    metric = appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
        predefined_metric_type="SageMakerVariantInvocationsPerInstance"
    )
    return appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
        target_value=target, predefined_metric_specification=metric, scale_in_cooldown=300, scale_out_cooldown=60
    )


def _backlog(target: int) -> appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs:
    prefix = appautoscaling
    dimension = prefix.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationDimensionArgs
    metric = prefix.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationArgs(
        namespace="AWS/SageMaker",
        metric_name="ApproximateBacklogSizePerInstance",
        dimensions=[dimension(name="EndpointName", value="life")],
        statistic="Average",
    )
    return prefix.PolicyTargetTrackingScalingPolicyConfigurationArgs(
        target_value=target, customized_metric_specification=metric
    )


def _steps(each: int) -> appautoscaling.PolicyStepScalingPolicyConfigurationArgs:
    step = appautoscaling.PolicyStepScalingPolicyConfigurationStepAdjustmentArgs
    return appautoscaling.PolicyStepScalingPolicyConfigurationArgs(
        adjustment_type="ChangeInCapacity",
        metric_aggregation_type="Average",
        cooldown=300,
        step_adjustments=[
            step(metric_interval_lower_bound="0", metric_interval_upper_bound="2.5", scaling_adjustment=each),
            step(metric_interval_lower_bound="2.5", scaling_adjustment=2 * each),
        ],
    )


def _action(least: int) -> appautoscaling.ScheduledActionScalableTargetActionArgs:
    return appautoscaling.ScheduledActionScalableTargetActionArgs(min_capacity=least, max_capacity=8)


CASES = [
    Case(
        token="aws:appautoscaling/target:Target",
        make=appautoscaling.Target,
        inputs=lambda _: {
            **_KEY,
            "resource_id": _resource("life"),
            "min_capacity": 1,
            "max_capacity": 4,
            "tags": {"a": "1"},
        },
        outputs=("arn", "roleArn", "resourceId", "tagsAll"),
        change=lambda _: {"max_capacity": 6, "tags": {"a": "2"}},
        replace=lambda _: {"resource_id": _resource("other")},
        tamper=lambda aws, o: aws("application-autoscaling").register_scalable_target(**_key(o), MinCapacity=3),
        remove=lambda aws, o: aws("application-autoscaling").deregister_scalable_target(**_key(o)),
        import_id=_import_id,
    ),
    Case(
        token="aws:appautoscaling/policy:Policy",
        make=appautoscaling.Policy,
        inputs=lambda shared: {
            **_KEY,
            "resource_id": shared.scalable.resource_id,
            "policy_type": "TargetTrackingScaling",
            "target_tracking_scaling_policy_configuration": _tracking(500),
        },
        outputs=("arn", "name"),
        change=lambda _: {"target_tracking_scaling_policy_configuration": _tracking(250)},
        replace=lambda _: {"name": "other"},
        tamper=lambda aws, o: aws("application-autoscaling").put_scaling_policy(
            **_key(o),
            PolicyName=o["name"],
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": 1.0,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
            },
        ),
        remove=lambda aws, o: aws("application-autoscaling").delete_scaling_policy(**_key(o), PolicyName=o["name"]),
        import_id=_named_import_id,
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:appautoscaling/policy:Policy",
        another="-backlog",
        make=appautoscaling.Policy,
        inputs=lambda shared: {
            **_KEY,
            "resource_id": shared.scalable.resource_id,
            "policy_type": "TargetTrackingScaling",
            "target_tracking_scaling_policy_configuration": _backlog(5),
        },
        outputs=("arn", "name"),
        change=lambda _: {"target_tracking_scaling_policy_configuration": _backlog(6)},
        replace=lambda _: {"name": "other-backlog"},
        remove=lambda aws, o: aws("application-autoscaling").delete_scaling_policy(**_key(o), PolicyName=o["name"]),
        import_id=_named_import_id,
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:appautoscaling/policy:Policy",
        another="-steps",
        make=appautoscaling.Policy,
        inputs=lambda shared: {
            **_KEY,
            "resource_id": shared.scalable.resource_id,
            "policy_type": "StepScaling",
            "step_scaling_policy_configuration": _steps(1),
        },
        outputs=("arn", "name"),
        change=lambda _: {"step_scaling_policy_configuration": _steps(2)},
        replace=lambda _: {"name": "other-steps"},
        tamper=lambda aws, o: aws("application-autoscaling").put_scaling_policy(
            **_key(o),
            PolicyName=o["name"],
            PolicyType="StepScaling",
            StepScalingPolicyConfiguration={
                "AdjustmentType": "ChangeInCapacity",
                "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 9}],
            },
        ),
        remove=lambda aws, o: aws("application-autoscaling").delete_scaling_policy(**_key(o), PolicyName=o["name"]),
        import_id=_named_import_id,
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:appautoscaling/scheduledAction:ScheduledAction",
        make=appautoscaling.ScheduledAction,
        inputs=lambda shared: {
            **_KEY,
            "resource_id": shared.scalable.resource_id,
            "schedule": "cron(0 8 * * ? *)",
            "scalable_target_action": _action(4),
        },
        outputs=("arn", "name"),
        change=lambda _: {"schedule": "cron(0 7 * * ? *)", "scalable_target_action": _action(5)},
        replace=lambda _: {"name": "other"},
        tamper=lambda aws, o: aws("application-autoscaling").put_scheduled_action(
            **_key(o),
            ScheduledActionName=o["name"],
            Schedule="at(2099-01-01T00:00:00)",
            ScalableTargetAction={"MinCapacity": 1, "MaxCapacity": 2},
        ),
        remove=lambda aws, o: aws("application-autoscaling").delete_scheduled_action(
            **_key(o), ScheduledActionName=o["name"]
        ),
        import_id=_named_import_id,
        import_inputs=lambda o: {"name": o["name"]},
    ),
]


def shared(resources: Shared) -> None:
    """A target that no case touches."""
    resources.resources["scalable"] = appautoscaling.Target(
        "scalable", **_KEY, resource_id=_resource("shared"), min_capacity=1, max_capacity=8
    )
