from __future__ import annotations

import dataclasses

import pytest
from mlstack_components.aws.alarms import Alarms, AlarmsArgs, AlarmThresholds, watches
from mlstack_components.aws.instance_types import processors
from mlstack_components.errors import UserError

TOPIC = "arn:aws:sns:eu-west-1:111111111111:topic"
VARIANT = {"EndpointName": "weather-dev", "VariantName": "AllTraffic"}
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


@pytest.fixture
def args(tags) -> AlarmsArgs:
    return AlarmsArgs(
        topic_arn=TOPIC,
        thresholds=AlarmThresholds(
            latency_p99_ms=500,
            error_percent=1,
            client_error_percent=5,
            cpu_percent=80,
            memory_percent=70,
            disk_percent=60,
            failed_runs=True,
        ),
        endpoint_name="weather-dev",
        instance_type="ml.m5.xlarge",
        pipeline_name="weather-dev",
        tags=tags,
    )


@pytest.fixture
def alarms(declare, args):
    declared = declare(lambda: Alarms("weather-dev", args).alarm_arns)
    return {each.name.removeprefix("weather-dev-"): each.inputs for each in declared.all(ALARM)}


def test_every_threshold_is_an_alarm_on_its_metric(alarms):
    simple = {name: each for name, each in alarms.items() if name != "latency"}
    assert {name: (each["namespace"], each["metricName"], each["statistic"]) for name, each in simple.items()} == {
        "errors": ("AWS/SageMaker", "Invocation5XXErrors", "Average"),
        "client-errors": ("AWS/SageMaker", "Invocation4XXErrors", "Average"),
        "cpu": ("/aws/sagemaker/Endpoints", "CPUUtilization", "Average"),
        "memory": ("/aws/sagemaker/Endpoints", "MemoryUtilization", "Average"),
        "disk": ("/aws/sagemaker/Endpoints", "DiskUtilization", "Average"),
        "failed-runs": ("AWS/Sagemaker/ModelBuildingPipeline", "ExecutionFailed", "Sum"),
    }
    dimensions = {name: each["dimensions"] for name, each in simple.items()}
    assert dimensions.pop("failed-runs") == {"PipelineName": "weather-dev"}
    assert all(each == VARIANT for each in dimensions.values())
    # Shares for rates, and four processors are 400 percent.
    assert {name: each["threshold"] for name, each in simple.items()} == {
        "errors": 0.01,
        "client-errors": 0.05,
        "cpu": 320,
        "memory": 70,
        "disk": 60,
        "failed-runs": 0,
    }


def test_latency_is_that_of_model_and_overhead_in_microseconds(alarms):
    assert alarms["latency"]["threshold"] == 500_000
    total, *parts = alarms["latency"]["metricQueries"]
    assert (total["expression"], total["returnData"]) == ("m1 + m2", True)
    assert {each["id"]: each["metric"]["metricName"] for each in parts} == {
        "m1": "ModelLatency",
        "m2": "OverheadLatency",
    }
    assert all(each["metric"]["stat"] == "p99" and each["metric"]["dimensions"] == VARIANT for each in parts)
    assert not any(each["returnData"] for each in parts)


def test_every_alarm_has_an_action_and_survives_silence(alarms, tags):
    """CloudWatch.15: alarms have actions. An endpoint that waits for its first release sends no data."""
    assert len(alarms) == 7
    for each in alarms.values():
        assert each["alarmActions"] == each["okActions"] == [TOPIC]
        assert each["treatMissingData"] == "notBreaching"
        assert each["comparisonOperator"] == "GreaterThanThreshold"
        assert each["tags"] == tags


def test_one_bad_minute_is_no_alarm_but_one_failed_run_is(alarms):
    assert {
        (each["evaluationPeriods"], each["datapointsToAlarm"]) for name, each in alarms.items() if name != "failed-runs"
    } == {(5, 3)}
    assert (alarms["failed-runs"]["evaluationPeriods"], alarms["failed-runs"]["datapointsToAlarm"]) == (1, 1)


@pytest.mark.parametrize(
    ("threshold", "name"),
    [
        ("latency_p99_ms", "latency"),
        ("error_percent", "errors"),
        ("client_error_percent", "client-errors"),
        ("cpu_percent", "cpu"),
        ("memory_percent", "memory"),
        ("disk_percent", "disk"),
    ],
)
def test_a_threshold_that_is_left_out_is_no_alarm(args, threshold, name):
    without = dataclasses.replace(args, thresholds=dataclasses.replace(args.thresholds, **{threshold: None}))
    assert {each.name for each in watches(args)} - {each.name for each in watches(without)} == {name}


def test_what_is_not_there_is_not_watched(args):
    assert {each.name for each in watches(dataclasses.replace(args, endpoint_name=None))} == {"failed-runs"}
    assert "failed-runs" not in {each.name for each in watches(dataclasses.replace(args, pipeline_name=None))}


@pytest.mark.parametrize(
    ("instance_type", "count"),
    [
        ("ml.m5.large", 2),
        ("ml.m5.xlarge", 4),
        ("ml.g5.48xlarge", 192),
        ("ml.t2.medium", 2),
        ("ml.m6g.medium", 1),
    ],
)
def test_processors_follow_from_the_size(instance_type, count):
    assert processors(instance_type) == count


def test_a_size_that_says_nothing_is_refused():
    with pytest.raises(UserError, match=r"ml\.m5\.metal"):
        processors("ml.m5.metal")


def test_the_queue_of_an_asynchronous_endpoint_is_watched(args):
    thresholds = dataclasses.replace(args.thresholds, queue_age_minutes=15)
    (queue,) = [
        each
        for each in watches(dataclasses.replace(args, thresholds=thresholds, asynchronous=True))
        if each.name == "queue-age"
    ]
    assert (queue.metrics, queue.statistic, queue.threshold) == (("ApproximateAgeOfOldestRequest",), "Maximum", 900)
    assert queue.dimensions == {"EndpointName": "weather-dev"}
    assert "queue-age" not in {each.name for each in watches(dataclasses.replace(args, thresholds=thresholds))}


def test_variants_that_answer_have_alarms_of_their_own_calls(args, declare):
    """Also one whose name with an alarm's is that of another alarm."""
    args = dataclasses.replace(args, further_variants=["client", "challenger"])
    declared = declare(lambda: Alarms("weather-dev", args).alarm_arns)
    found = {each.name.removeprefix("weather-dev-"): each.inputs for each in declared.all(ALARM)}
    own = {f"{kind}-of-{each}" for kind in ("latency", "errors", "client-errors") for each in args.further_variants}
    assert found.keys() == {each.name for each in watches(dataclasses.replace(args, further_variants=()))} | own
    for name in ("errors", "client-errors"):
        theirs, released = found[f"{name}-of-challenger"], found[name]
        assert theirs["dimensions"] == {"EndpointName": "weather-dev", "VariantName": "challenger"}
        assert "challenger of weather-dev" in theirs["alarmDescription"]
        assert (theirs["metricName"], theirs["threshold"]) == (released["metricName"], released["threshold"])
    latencies = [each["metric"] for each in found["latency-of-client"]["metricQueries"] if "metric" in each]
    assert {each["dimensions"]["VariantName"] for each in latencies} == {"client"}
