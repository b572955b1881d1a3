"""Alarms are evaluated by their metrics' data, and tell topics and the event bus when their state changes."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mlstack_localcloud.server.alarms.evaluation import verdict
from mlstack_localcloud.server.alarms.statistics import (
    Sample,
    UnsupportedExpressionError,
    calculated,
    series,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Wire

NOW = 1_800_000_030.0
START = 1_800_000_000


def _alarm(**options: Any) -> Any:
    given = {
        "metric_data_queries": [],
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 1.0,
        "evaluation_periods": 3,
        "datapoints_to_alarm": 2,
        "treat_missing_data": None,
        "namespace": "Test",
        "metric_name": "m",
        "dimensions": [],
        "unit": None,
        "period": 60,
        "statistic": "Average",
        "extended_statistic": None,
    }
    return SimpleNamespace(**{**given, **options})


def _datum(value: float, start: float, name: str = "m") -> Any:
    return SimpleNamespace(
        namespace="Test", name=name, dimensions=[], unit=None, value=value, timestamp=datetime.fromtimestamp(start, UTC)
    )


def _data(*values: float | None) -> list[Any]:
    """One value a minute, the last one in the minute that has begun."""
    starts = [START - 60 * back for back in range(len(values))]
    return [_datum(each, at) for each, at in zip(reversed(values), starts, strict=True) if each is not None]


@pytest.mark.parametrize(
    ("values", "treatment", "state"),
    [
        ((0, 0, 0), "missing", "OK"),
        ((0, 2, 0), "missing", "OK"),
        ((2, 2, 0), "missing", "ALARM"),
        ((2, 0, 2), "missing", "ALARM"),
        ((2, 2, 0, 0), "missing", "OK"),
        ((None, None, None), "missing", "INSUFFICIENT_DATA"),
        ((None, None, None), "notBreaching", "OK"),
        ((None, None, None), "breaching", "ALARM"),
        ((None, None, None), "ignore", None),
        ((None, 0, 2), "notBreaching", "OK"),
        ((None, 0, 2), "breaching", "ALARM"),
        ((None, 0, 2), "ignore", None),
        ((None, None, 2), "missing", "ALARM"),
    ],
)
def test_the_state_follows_from_how_many_datapoints_are_over(
    values: tuple[float | None, ...], treatment: str, state: str | None
) -> None:
    found = verdict(_alarm(treat_missing_data=treatment), _data(*values), NOW)
    assert (found.state if found else None) == state


def test_a_minute_that_has_only_begun_does_not_count_as_long_as_it_is_empty() -> None:
    alarm = _alarm(evaluation_periods=1, datapoints_to_alarm=1, treat_missing_data="notBreaching")
    assert verdict(alarm, _data(2), NOW + 60).state == "ALARM"  # type: ignore[union-attr]
    assert verdict(alarm, _data(2), NOW + 120).state == "OK"  # type: ignore[union-attr]


def test_other_metrics_are_not_looked_at() -> None:
    alarm = _alarm(evaluation_periods=1, datapoints_to_alarm=1)
    others = [_datum(9, START, "other"), SimpleNamespace(**{**vars(_datum(9, START)), "namespace": "Other"})]
    dimension = SimpleNamespace(name="a", value="b")
    others.append(SimpleNamespace(**{**vars(_datum(9, START)), "dimensions": [dimension]}))
    assert verdict(alarm, others, NOW).state == "INSUFFICIENT_DATA"  # type: ignore[union-attr]


def test_metric_math_adds_series_up() -> None:
    def stat(name: str) -> Any:
        return SimpleNamespace(
            metric=SimpleNamespace(namespace="Test", metric_name=name, dimensions=[]), period=60, stat="p99", unit=None
        )

    queries = [
        SimpleNamespace(id="total", expression="m1 + m2", metric_stat=None, return_data=True),
        SimpleNamespace(id="m1", expression=None, metric_stat=stat("a"), return_data=False),
        SimpleNamespace(id="m2", expression=None, metric_stat=stat("b"), return_data=False),
    ]
    alarm = _alarm(metric_data_queries=queries, evaluation_periods=1, datapoints_to_alarm=1, threshold=5)
    assert verdict(alarm, [_datum(3, START, "a"), _datum(2, START, "b")], NOW).state == "OK"  # type: ignore[union-attr]
    assert verdict(alarm, [_datum(3, START, "a"), _datum(3, START, "b")], NOW).state == "ALARM"  # type: ignore[union-attr]


def test_metric_math_that_is_not_known_is_no_guess() -> None:
    known = {"a": {0: 6.0}, "b": {0: 2.0, 60: 1.0}}
    assert calculated("(a + b) / 2 * 100", known) == {0: 400.0}
    assert calculated("a / (b - 2)", known) == {}
    for expression in ("ANOMALY_DETECTION_BAND(a)", "SELECT a FROM b", "a + c", "a if b else a", "1"):
        with pytest.raises(UnsupportedExpressionError):
            calculated(expression, known)


def test_statistics_are_those_of_all_values_of_a_period() -> None:
    found = [Sample(1, 98, 98, 1, 1), Sample(2, 1, 5, 5, 5), Sample(3, 1, 50, 50, 50), Sample(61, 1, 7, 7, 7)]
    expected = {"Average": 1.53, "Sum": 153, "SampleCount": 100, "Minimum": 1, "Maximum": 50, "p50": 1, "p99": 5}
    for statistic, value in {**expected, "p100": 50}.items():
        assert series(found, 60, statistic) == {0: pytest.approx(value), 60: 7 if statistic != "SampleCount" else 1}


def _received(queues: Any, url: str, seconds: float = 20) -> list[dict[str, Any]]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        if found:
            return [json.loads(each["Body"]) for each in found]
    return []


@pytest.fixture
def listener(wire: Wire) -> Callable[[str], tuple[str, str]]:
    """A topic, and the queue that hears it."""

    def listen(name: str) -> tuple[str, str]:
        topic: str = wire.client("sns").create_topic(Name=name)["TopicArn"]
        url: str = wire.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        wire.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:000000000000:{name}"
        )
        return topic, url

    return listen


def _put_alarm(wire: Wire, name: str, topic: str, **options: Any) -> None:
    wire.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        AlarmDescription="too much",
        Namespace="Alarms/Test",
        MetricName=name,
        Statistic="Average",
        Period=10,
        EvaluationPeriods=1,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
        **options,
    )


def test_data_above_the_threshold_reaches_the_topic(wire: Wire, listener: Callable[[str], tuple[str, str]]) -> None:
    topic, url = listener("alarm-data")
    _put_alarm(wire, "alarm-data", topic, TreatMissingData="ignore")
    cloudwatch = wire.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["alarm-data"])["MetricAlarms"]
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"

    cloudwatch.put_metric_data(Namespace="Alarms/Test", MetricData=[{"MetricName": "alarm-data", "Value": 7.0}])

    (notification,) = _received(wire.client("sqs"), url)
    assert notification["Subject"] == 'ALARM: "alarm-data" in US East (N. Virginia)'
    told = json.loads(notification["Message"])
    assert (told["AlarmName"], told["NewStateValue"], told["OldStateValue"]) == (
        "alarm-data",
        "ALARM",
        "INSUFFICIENT_DATA",
    )
    assert told["AWSAccountId"] == "000000000000"
    assert told["Trigger"]["MetricName"] == "alarm-data"
    assert "was greater than the threshold (5.0)" in told["NewStateReason"]
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["alarm-data"])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"
    _put_alarm(wire, "alarm-data", topic, TreatMissingData="ignore", Tags=[])
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["alarm-data"])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"


def test_setting_a_state_by_hand_tells_the_topic_and_the_event_bus(
    wire: Wire, listener: Callable[[str], tuple[str, str]]
) -> None:
    topic, url = listener("alarm-by-hand")
    _put_alarm(wire, "alarm-by-hand", topic, TreatMissingData="ignore")
    events, queues = wire.client("events"), wire.client("sqs")
    arn = "arn:aws:sqs:us-east-1:000000000000:alarm-events"
    principal = {"Service": "events.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    heard = queues.create_queue(QueueName="alarm-events", Attributes={"Policy": policy})["QueueUrl"]
    pattern = {"source": ["aws.cloudwatch"], "detail": {"alarmName": ["alarm-by-hand"]}}
    events.put_rule(Name="alarm-events", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="alarm-events", Targets=[{"Id": "1", "Arn": arn}])
    cloudwatch = wire.client("cloudwatch")
    for _ in range(2):  # The second one changes nothing and tells nobody.
        cloudwatch.set_alarm_state(AlarmName="alarm-by-hand", StateValue="ALARM", StateReason="a test")

    (notification,) = _received(queues, url)
    assert json.loads(notification["Message"])["NewStateReason"] == "a test"
    (event,) = _received(queues, heard)
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["resources"] == ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:alarm-by-hand"]
    assert event["detail"]["state"]["value"] == "ALARM"
    assert event["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"
    metric = event["detail"]["configuration"]["metrics"][0]["metricStat"]["metric"]
    assert metric == {"namespace": "Alarms/Test", "name": "alarm-by-hand", "dimensions": {}}


def test_an_alarm_whose_actions_are_off_tells_no_topic(wire: Wire, listener: Callable[[str], tuple[str, str]]) -> None:
    topic, url = listener("alarm-quiet")
    _put_alarm(wire, "alarm-quiet", topic, TreatMissingData="ignore", ActionsEnabled=False)
    wire.client("cloudwatch").set_alarm_state(AlarmName="alarm-quiet", StateValue="ALARM", StateReason="a test")
    assert _received(wire.client("sqs"), url, seconds=2) == []
