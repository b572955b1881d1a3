"""Monitors in mlstack.yaml: their times, and what they need beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import MlstackError
from mlstack_stacks.plan.checks import idle_monitors
from mlstack_stacks.spec import load
from mlstack_stacks.spec.contradictions import contradictions
from mlstack_stacks.spec.monitors import data_quality_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _monitored(text: str, monitor: str = "hourly", capture: int = 20) -> str:
    captured = text.replace("{min: 1}", f"{{min: 1}}, capture_percent: {capture}")
    return captured.replace("environments:", f"monitoring: {{data_quality: {monitor}}}\nenvironments:")


@pytest.mark.parametrize(
    "schedule", ["hourly", "daily", '"0 * * * *"', '"0 6 * * *"', '"0  0/6 * * *"', '"0 17/12 * * *"']
)
def test_a_monitor_is_its_schedule(write_project: Callable[..., Path], spec_text: str, schedule: str) -> None:
    spec = load(write_project(_monitored(spec_text, schedule)), "dev")
    monitor = data_quality_of(spec)
    assert monitor is not None
    assert monitor.schedule == " ".join(schedule.strip('"').split())
    assert monitor.instance_type == "ml.m5.xlarge"


def test_a_monitor_has_a_machine_of_its_own(write_project: Callable[..., Path], spec_text: str) -> None:
    text = _monitored(spec_text, "{schedule: daily, instance_type: ml.m5.large}")
    monitor = data_quality_of(load(write_project(text), "dev"))
    assert monitor is not None
    assert (monitor.schedule, monitor.instance_type) == ("daily", "ml.m5.large")


@pytest.mark.parametrize(
    "schedule",
    ["weekly", '"5 * * * *"', '"0 6 * * MON"', '"0 */6 * * *"', '"0 24 * * *"', '"0 0/25 * * *"', '"0 0 1 * *"'],
)
def test_a_time_that_sagemaker_has_not_is_refused(
    write_project: Callable[..., Path], spec_text: str, schedule: str
) -> None:
    with pytest.raises(MlstackError) as error:
        load(write_project(_monitored(spec_text, schedule)), "dev")
    assert "mlstack.yaml:16: monitoring.data_quality: " in str(error.value)
    assert "monitors run every hour, once a day, or every few hours" in str(error.value)


def test_without_captured_calls_it_is_a_contradiction(write_project: Callable[..., Path], spec_text: str) -> None:
    with pytest.raises(MlstackError) as error:
        load(write_project(_monitored(spec_text, capture=0)), "dev")
    said = str(error.value)
    assert (
        "mlstack.yaml:16: monitoring.data_quality: compares captured calls, and `serving.capture_percent` is 0" in said
    )
    assert "Write `capture_percent: 100` below `serving`" in said


def test_a_region_without_model_monitor_is_told(write_project: Callable[..., Path], spec_text: str) -> None:
    text = _monitored(spec_text).replace("eu-west-1}\n  prod", "ap-south-2}\n  prod")
    with pytest.raises(MlstackError, match="no analyzer of Model Monitor in ap-south-2"):
        load(write_project(text), "dev")


@pytest.mark.parametrize("part", ["steps", "registry", "serving"])
def test_a_part_that_it_needs_may_be_off(write_project: Callable[..., Path], spec_text: str, part: str) -> None:
    text = _monitored(spec_text).replace("region: eu-west-1}\n  prod", f"region: eu-west-1, {part}: null}}\n  prod")
    assert data_quality_of(load(write_project(text), "dev")) is None


def test_batch_serving_has_no_calls(write_project: Callable[..., Path], spec_text: str) -> None:
    file = write_project(_monitored(spec_text))
    spec = load(file, "dev")
    assert spec.serving is not None
    batch = spec.model_copy(update={"serving": spec.serving.model_copy(update={"kind": "batch"})})
    assert data_quality_of(batch) is None
    assert [warning.message for warning in idle_monitors.check(batch)] == [
        "a monitor of data quality without `serving.kind: realtime`: it is left out."
    ]


def test_only_an_endpoint_that_is_always_up_is_monitored(write_project: Callable[..., Path], spec_text: str) -> None:
    file = write_project(_monitored(spec_text))
    spec = load(file, "dev")
    assert spec.serving is not None
    other = spec.model_copy(update={"serving": spec.serving.model_copy(update={"kind": "serverless"})})
    (problem,) = [each for each in contradictions(other, file) if each.key == "monitoring.data_quality"]
    assert "`kind: serverless` keeps none" in problem.message
