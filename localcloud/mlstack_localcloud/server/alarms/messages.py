"""What an alarm says when its state changes: to SNS topics and on the event bus, in CloudWatch's words.

Sources: "Alarm events and EventBridge" in the CloudWatch user guide, and the JSON that its SNS notifications carry.
"""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from typing import Any

from botocore.loaders import Loader

DETAIL_TYPE = "CloudWatch Alarm State Change"


def subject(alarm: Any, region: str) -> str:
    """Return the subject of a notification; SNS allows 100 characters."""
    return f'{alarm.state_value}: "{alarm.name}" in {_region_name(region)}'[:100]


def message(alarm: Any, before: str, region: str) -> str:
    """Return the message of a notification, JSON.

    Args:
        alarm: moto's alarm, changed by now.
        before: The state that it was in.
        region: Its region.
    """
    return json.dumps(
        {
            "AlarmName": alarm.name,
            "AlarmDescription": alarm.description,
            "AWSAccountId": alarm.alarm_arn.split(":")[4],
            "AlarmConfigurationUpdatedTimestamp": _moment(alarm.configuration_updated_timestamp),
            "NewStateValue": alarm.state_value,
            "NewStateReason": alarm.state_reason,
            "StateChangeTime": _moment(alarm.state_updated_timestamp),
            "Region": _region_name(region),
            "AlarmArn": alarm.alarm_arn,
            "OldStateValue": before,
            "OKActions": alarm.ok_actions,
            "AlarmActions": alarm.alarm_actions,
            "InsufficientDataActions": alarm.insufficient_data_actions,
            "Trigger": _trigger(alarm),
        }
    )


def detail(alarm: Any, before: dict[str, Any]) -> dict[str, Any]:
    """Return the detail of the event.

    Args:
        alarm: moto's alarm, changed by now.
        before: The state before, as `state` returned it.
    """
    configuration = {"description": alarm.description, "metrics": _queries(alarm)}
    return {
        "alarmName": alarm.name,
        "state": state(alarm),
        "previousState": before,
        "configuration": {name: value for name, value in configuration.items() if value is not None},
    }


def state(alarm: Any) -> dict[str, Any]:
    """Return an alarm's state as events have it."""
    found = {
        "value": alarm.state_value,
        "reason": alarm.state_reason,
        "reasonData": alarm.state_reason_data,
        "timestamp": _moment(alarm.state_updated_timestamp),
    }
    return {name: value for name, value in found.items() if value is not None}


def _trigger(alarm: Any) -> dict[str, Any]:
    common = {
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "missing",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
    }
    if alarm.metric_data_queries:
        return {**common, "Metrics": [_trigger_query(each) for each in alarm.metric_data_queries]}
    statistic = {"StatisticType": "Statistic", "Statistic": (alarm.statistic or "").upper()}
    if alarm.extended_statistic:
        statistic = {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": alarm.extended_statistic}
    return {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        **statistic,
        "Unit": alarm.unit,
        "Dimensions": _listed(alarm.dimensions),
        "Period": alarm.period,
        **common,
    }


def _trigger_query(query: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"Id": query.id, "Label": query.label, "ReturnData": bool(query.return_data)}
    if query.metric_stat is None:
        return {**found, "Expression": query.expression}
    stat = query.metric_stat
    metric = {
        "Dimensions": _listed(stat.metric.dimensions),
        "MetricName": stat.metric.metric_name,
        "Namespace": stat.metric.namespace,
    }
    return {**found, "MetricStat": {"Metric": metric, "Period": stat.period, "Stat": stat.stat}}


def _listed(dimensions: list[Any]) -> list[dict[str, str]]:
    return [{"value": each.value, "name": each.name} for each in dimensions]


def _queries(alarm: Any) -> list[dict[str, Any]]:
    if not alarm.metric_data_queries:
        statistic = alarm.statistic or alarm.extended_statistic
        stat = _event_stat(alarm.namespace, alarm.metric_name, alarm.dimensions, alarm.period, statistic)
        return [{"id": "m1", "metricStat": stat, "returnData": True}]
    found = []
    for query in alarm.metric_data_queries:
        entry: dict[str, Any] = {"id": query.id, "returnData": bool(query.return_data)}
        if query.metric_stat is None:
            entry["expression"] = query.expression
        else:
            metric, stat = query.metric_stat.metric, query.metric_stat
            entry["metricStat"] = _event_stat(
                metric.namespace, metric.metric_name, metric.dimensions, stat.period, stat.stat
            )
        found.append(entry)
    return found


def _event_stat(namespace: str, name: str, dimensions: list[Any], period: Any, statistic: str) -> dict[str, Any]:
    metric = {
        "namespace": namespace,
        "name": name,
        "dimensions": {each.name: each.value for each in dimensions},
    }
    return {"metric": metric, "period": int(period), "stat": statistic}


def _moment(moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.strftime("%Y-%m-%dT%H:%M:%S.") + f"{aware.microsecond // 1000:03d}+0000"


@functools.cache
def _region_name(region: str) -> str:
    partitions = Loader().load_data("endpoints")["partitions"]
    names = {code: known["description"] for each in partitions for code, known in each["regions"].items()}
    return str(names.get(region, region))
