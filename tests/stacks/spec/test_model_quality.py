"""The monitor of model quality in mlstack.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import MlstackError
from mlstack_stacks.plan.checks import idle_monitors
from mlstack_stacks.spec import load
from mlstack_stacks.spec.model_quality import model_quality_of, problem_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _monitored(text: str, monitor: str = "daily", capture: str = ", capture_percent: 20") -> str:
    return text.replace("{min: 1}", f"{{min: 1}}{capture}") + f"monitoring: {{model_quality: {monitor}}}\n"


def test_a_schedule_is_a_monitor(write_project: Callable[..., Path], spec_text: str) -> None:
    found = model_quality_of(load(write_project(_monitored(spec_text, "'0 6 * * *'")), "dev"))
    assert found is not None
    assert (found.schedule, found.problem, found.instance_type) == ("0 6 * * *", None, "ml.m5.xlarge")


@pytest.mark.parametrize(
    ("monitor", "gates", "problem"),
    [
        ("daily", "{accuracy: '>= 0.80'}", "multiclass"),
        ("daily", "{RMSE: '<= 3'}", "regression"),
        ("{schedule: daily, problem: binary}", "{accuracy: '>= 0.80'}", "binary"),
    ],
)
def test_what_is_predicted_follows_from_what_is_measured(
    write_project: Callable[..., Path], spec_text: str, monitor: str, gates: str, problem: str
) -> None:
    start = spec_text.index("gates: ") + len("gates: ")
    text = spec_text[:start] + gates + spec_text[spec_text.index("}", start) + 1 :]
    spec = load(write_project(_monitored(text, monitor)), "dev")
    found = model_quality_of(spec)
    assert found is not None
    assert problem_of(spec, found) == problem


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("capture_percent: 20", "capture_percent: 0"), "`serving.capture_percent` is 0"),
        ((", target: churned", ""), "`data.target` does not say it"),
        (("eu-west-1}\n  prod", "ap-south-2}\n  prod"), "no analyzer of Model Monitor in ap-south-2"),
    ],
)
def test_what_it_can_not_be_without_is_told(
    write_project: Callable[..., Path], spec_text: str, change: tuple[str, str], says: str
) -> None:
    text = _monitored(spec_text)
    assert change[0] in text
    with pytest.raises(MlstackError) as told:
        load(write_project(text.replace(*change)), "dev")
    assert "monitoring.model_quality: " in str(told.value)
    assert says in str(told.value)


def test_an_evaluation_makes_the_baseline(write_project: Callable[..., Path], spec_text: str) -> None:
    lines = [line for line in _monitored(spec_text).splitlines() if "evaluate:" not in line]
    with pytest.raises(MlstackError, match=r"there is no `steps.evaluate`"):
        load(write_project("\n".join(lines) + "\n"), "dev")


def test_a_part_that_it_needs_may_be_off(write_project: Callable[..., Path], spec_text: str) -> None:
    text = _monitored(spec_text).replace("region: eu-west-1}\n  prod", "region: eu-west-1, registry: null}\n  prod")
    spec = load(write_project(text), "dev")
    assert model_quality_of(spec) is None
    (warning,) = idle_monitors.check(spec)
    assert warning.message == "a monitor of model quality without `registry`: it is left out."
