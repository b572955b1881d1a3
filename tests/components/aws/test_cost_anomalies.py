from __future__ import annotations

import dataclasses
import json

import pytest
from mlstack_components.aws.cost_anomalies import CostAnomalies, CostAnomaliesArgs

TOPIC = "arn:aws:sns:eu-west-1:111111111111:topic"
MONITOR = "arn:aws:ce::111111111111:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef"
MONITOR_TYPE = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
SUBSCRIPTION_TYPE = "aws:costexplorer/anomalySubscription:AnomalySubscription"


@pytest.fixture
def args(tags):
    return CostAnomaliesArgs(impact_usd=49.5, topic_arn=TOPIC, cost_tag=("mlstack:project", "weather"), tags=tags)


@pytest.fixture
def declare_anomalies(declare):
    return lambda args: declare(lambda: CostAnomalies("weather-dev", args).subscription_arn)


def test_the_monitor_looks_at_the_tag(declare_anomalies, args, tags):
    monitor = declare_anomalies(args).one(MONITOR_TYPE).inputs
    assert (monitor["monitorType"], monitor["tags"]) == ("CUSTOM", tags)
    specification = json.loads(monitor["monitorSpecification"])
    assert specification.pop("Tags") == {"Key": "user:mlstack:project", "MatchOptions": None, "Values": ["weather"]}
    assert specification == dict.fromkeys(("And", "CostCategories", "Dimensions", "Not", "Or")), (
        "the official provider reads every member back, and a text without them would be another one"
    )


def test_the_topic_hears_at_once_from_the_impact_on(declare_anomalies, args, tags):
    subscription = declare_anomalies(args).one(SUBSCRIPTION_TYPE).inputs
    assert subscription["monitorArnLists"] == ["arn:aws:made:::weather-dev-cost-monitor"]
    assert (subscription["frequency"], subscription["tags"]) == ("IMMEDIATE", tags)
    assert subscription["subscribers"] == [{"type": "SNS", "address": TOPIC}]
    assert subscription["thresholdExpression"]["dimension"] == {
        "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
        "matchOptions": ["GREATER_THAN_OR_EQUAL"],
        "values": ["49.5"],
    }


def test_a_monitor_that_is_there_is_subscribed_to(declare_anomalies, args):
    declared = declare_anomalies(dataclasses.replace(args, monitor_arn=MONITOR))
    assert not declared.all(MONITOR_TYPE)
    assert declared.one(SUBSCRIPTION_TYPE).inputs["monitorArnLists"] == [MONITOR]
