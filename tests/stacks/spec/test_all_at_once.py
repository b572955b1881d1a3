"""Parts that contradict each other are told together, not one a try."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import load_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REALTIME = "serving: {kind: realtime, instance_type: ml.m5.large, instances: {min: 1}}"


def found(path: Path) -> dict[str, str]:
    with pytest.raises(SpecError) as caught:
        load_all(path)
    return {problem.key: f"{problem.message} {problem.suggestion}" for problem in caught.value.problems}


def test_counts_of_instances_hide_no_other_contradiction(write_project: Callable[..., Path], spec_text: str) -> None:
    serving = "serving: {kind: realtime, instances: {min: 4, max: 2}, rollout: canary}"
    monitors = (
        "monitoring: {data_quality: hourly}\nbudget: {monthly_usd: 9, anomaly_usd: 1, anomaly_monitor: MONITOR}\n"
    )
    monitor = '"arn:aws:ce::999999999999:anomalymonitor/12345678-1234-1234-1234-123456789012"'
    text = monitors.replace("MONITOR", monitor) + spec_text.replace(REALTIME, serving)
    keys = found(write_project(text))
    assert {"serving.instances.max", "monitoring.data_quality", "budget.anomaly_monitor"} <= keys.keys()


def test_each_schedule_is_named(write_project: Callable[..., Path], spec_text: str) -> None:
    schedules = '[{cron: "0 8 * * *", min: 3, max: 2}, {cron: "0 9 * * *", min: 1, max: 9}]'
    scaling = f"instances: {{min: 1, max: 4}}, rollout: canary, scaling: {{schedules: {schedules}}}"
    serving = f"serving: {{kind: realtime, {scaling}}}"
    keys = found(write_project(spec_text.replace(REALTIME, serving)))
    assert {"serving.scaling.schedules[0].max", "serving.scaling.schedules[1]", "serving.rollout"} <= keys.keys()


def test_of_serverless_serving_no_count_of_instances_is_told(
    write_project: Callable[..., Path], spec_text: str
) -> None:
    serving = "serving: {kind: serverless, instances: {min: 4, max: 2}, rollout: canary, capture_percent: 5}"
    keys = found(write_project("network: {zones: 2}\n" + spec_text.replace(REALTIME, serving)))
    assert {"network", "serving.instances", "serving.rollout", "serving.capture_percent"} <= keys.keys()
    assert "serving.instances.max" not in keys


def test_a_limit_that_is_not_reached_is_named(write_project: Callable[..., Path], spec_text: str) -> None:
    assert "must be above 0." in found(write_project("budget: {monthly_usd: 0}\n" + spec_text))["budget.monthly_usd"]
