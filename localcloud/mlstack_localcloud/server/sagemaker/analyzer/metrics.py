"""What CloudWatch is told of a monitoring job: one line a metric, in a file that the platform publishes.

Source of names and file: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-cloudwatch.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-cloudwatch.html.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_localcloud.server.sagemaker.analyzer.columns import Column

FILE = Path("output/metrics/cloudwatch/cloudwatch_metrics.jsonl")
"""Below `/opt/ml`."""


def lines(columns: Sequence[Column], drifts: Mapping[str, float], endpoint: str, schedule: str) -> str:
    """Return the metrics of a dataset.

    Args:
        columns: The dataset.
        drifts: The distance from the baseline, by feature.
        endpoint: The endpoint's name.
        schedule: The schedule's name.
    """
    base = _base(endpoint, schedule)
    entries: list[dict[str, Any]] = []
    for column in columns:
        entries.append({"MetricName": f"feature_non_null_{column.name}", "Value": column.completeness, **base})
        if column.numbers:
            entries.append({"MetricName": f"feature_data_{column.name}", "StatisticValues": _figures(column), **base})
        if column.name in drifts:
            drift = drifts[column.name]
            entries.append({"MetricName": f"feature_baseline_drift_{column.name}", "Value": drift, **base})
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def plain_lines(values: Mapping[str, float], endpoint: str, schedule: str) -> str:
    """Return metrics of a model.

    Args:
        values: The metrics, by name.
        endpoint: The endpoint's name.
        schedule: The schedule's name.
    """
    return "".join(plain_line(name, value, endpoint, schedule) for name, value in values.items())


def plain_line(name: str, value: float, endpoint: str, schedule: str, **dimensions: str) -> str:
    """Return a metric as a line.

    Args:
        name: Its name.
        value: Its value.
        endpoint: The endpoint's name.
        schedule: The schedule's name.
        dimensions: Further dimensions.
    """
    base = _base(endpoint, schedule)
    base["Dimensions"] += [{"Name": key, "Value": given} for key, given in dimensions.items()]
    return json.dumps({"MetricName": name, "Value": value, **base}) + "\n"


def _base(endpoint: str, schedule: str) -> dict[str, Any]:
    dimensions = [{"Name": "Endpoint", "Value": endpoint}, {"Name": "MonitoringSchedule", "Value": schedule}]
    return {"Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "Dimensions": dimensions}


def _figures(column: Column) -> dict[str, float]:
    numbers = column.numbers
    return {"SampleCount": len(numbers), "Sum": sum(numbers), "Minimum": min(numbers), "Maximum": max(numbers)}
