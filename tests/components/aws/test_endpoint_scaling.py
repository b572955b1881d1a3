from __future__ import annotations

import dataclasses

import pytest
from mlstack_components.aws.endpoint_scaling import CapacitySchedule, EndpointScaling, EndpointScalingArgs
from mlstack_components.aws.scaling_schedule import at_schedule, cron_schedule

KEY = {
    "serviceNamespace": "sagemaker",
    "scalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "resourceId": "endpoint/weather-dev/variant/AllTraffic",
}


@pytest.fixture
def args(tags) -> EndpointScalingArgs:
    return EndpointScalingArgs(
        endpoint_name="weather-dev",
        variant_name="AllTraffic",
        min_instances=2,
        max_instances=8,
        invocations_per_instance=400,
        scale_out_cooldown_seconds=60,
        schedules=(
            CapacitySchedule(cron="0 8 * * 1-5", min_instances=4, max_instances=8),
            CapacitySchedule(at="2026-12-24T18:00:00", min_instances=2, max_instances=2),
        ),
        tags=tags,
    )


def test_the_variant_is_scaled_within_its_range_by_the_calls_of_each_instance(declare, args, tags):
    declared = declare(lambda: EndpointScaling("weather-dev", args).target_arn)
    target = declared.one("aws:appautoscaling/target:Target")
    assert target.inputs == {**KEY, "minCapacity": 2, "maxCapacity": 8, "tags": tags}
    policy = declared.one("aws:appautoscaling/policy:Policy")
    assert policy.inputs == {
        **KEY,
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": {
            "predefinedMetricSpecification": {"predefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
            "targetValue": 400,
            "scaleInCooldown": 300,
            "scaleOutCooldown": 60,
        },
    }
    assert all(each.parent.endswith("mlstack:aws:EndpointScaling::weather-dev") for each in (target, policy))
    assert any(urn.endswith("::weather-dev-scaling") for urn in policy.dependencies)


def test_schedules_are_scheduled_actions(declare, args):
    declared = declare(lambda: EndpointScaling("weather-dev", args).target_arn)
    first, second = declared.all("aws:appautoscaling/scheduledAction:ScheduledAction")
    assert first.inputs == {
        **KEY,
        "schedule": "cron(0 8 ? * MON,TUE,WED,THU,FRI *)",
        "scalableTargetAction": {"minCapacity": 4, "maxCapacity": 8},
    }
    assert second.inputs["schedule"] == "at(2026-12-24T18:00:00)"


def test_without_schedules_the_range_is_the_components_own(declare, args):
    declared = declare(lambda: EndpointScaling("weather-dev", dataclasses.replace(args, schedules=())).target_arn)
    assert declared.types == ["aws:appautoscaling/policy:Policy", "aws:appautoscaling/target:Target"]
    assert declared.one("aws:appautoscaling/target:Target").ignore_changes == ()


def test_a_range_that_a_schedule_has_changed_is_not_put_back(declare, args):
    """It would scale a busy endpoint down."""
    declared = declare(lambda: EndpointScaling("weather-dev", args).target_arn)
    assert set(declared.one("aws:appautoscaling/target:Target").ignore_changes) == {"minCapacity", "maxCapacity"}


@pytest.mark.parametrize(
    ("cron", "expression"),
    [
        ("0 8 * * MON-FRI", "cron(0 8 ? * MON-FRI *)"),
        ("*/15 8-18 1,15 * *", "cron(*/15 8-18 1,15 * ? *)"),
        ("0 0 * 6 0", "cron(0 0 ? 6 SUN *)"),
        ("0 0 * * 5-7", "cron(0 0 ? * FRI,SAT,SUN *)"),
        ("0 0 * * 1-5/2,SAT", "cron(0 0 ? * MON,WED,FRI,SAT *)"),
    ],
)
def test_schedules_are_put_in_awss_words(cron, expression):
    assert cron_schedule(cron) == expression
    assert at_schedule("2026-12-24T18:00:00") == "at(2026-12-24T18:00:00)"
