"""What a monitor of model quality makes of a project: a step, a baseline, a right, a definition and its schedule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .test_project import BASELINE, PACKAGE, POINTER, _one, deploy

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_stacks.plan.monitor import CheckMonitor

__all__ = ["deploy"]
QUALITY = BASELINE.replace("baseline-uri", "model-quality-baseline-uri")
CLOUD_CONTROL = "aws:cloudcontrol:Resource"


@pytest.fixture
def text(spec_text: str) -> str:
    return spec_text.replace("{min: 1}", "{min: 1}, capture_percent: 20") + "monitoring: {model_quality: daily}\n"


def _steps(steps: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {step["Name"]: step for step in steps}
    for step in steps:
        found |= _steps(step["Arguments"].get("IfSteps", [])) if step["Type"] == "Condition" else {}
    return found


def test_the_evaluations_predictions_become_the_baseline(deploy: Callable[..., CheckMonitor], text: str) -> None:
    definition = json.loads(_one(deploy(text), "aws:sagemaker:Pipeline")["pipelineDefinition"])
    steps = _steps(definition["Steps"])
    assert "baseline" not in steps
    asked = steps["model_quality"]["Arguments"]
    assert asked["Environment"]["analysis_type"] == "MODEL_QUALITY"
    assert asked["Environment"]["problem_type"] == "MulticlassClassification"
    source = asked["ProcessingInputs"][0]["S3Input"]["S3Uri"]["Std:Join"]["Values"]
    assert source == [
        {"Get": "Steps.evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri"},
        "predictions.csv",
    ]
    (register,) = [step for step in steps.values() if step["Type"] == "RegisterModel"]
    assert set(register["Arguments"]["DriftCheckBaselines"]) == {"ModelQuality"}


def test_a_release_schedules_it_below_the_endpoint(deploy: Callable[..., CheckMonitor], text: str) -> None:
    waiting = deploy(text, parameters={POINTER: PACKAGE})
    assert not [each for each in waiting.planned if each.short_type == CLOUD_CONTROL]
    assert waiting.outputs["monitors_wait_for"].startswith("a released model version with a baseline")
    monitor = deploy(text, parameters={POINTER: PACKAGE, QUALITY: "s3://artifacts/q"})
    state = json.loads(_one(monitor, CLOUD_CONTROL)["desiredState"])
    baseline = state["ModelQualityBaselineConfig"]["ConstraintsResource"]
    assert baseline == {"S3Uri": "s3://artifacts/q/constraints.json"}
    assert set(monitor.outputs["monitoring_schedule_names"]) == {"model_quality"}
    (component,) = [each for each in monitor.planned if each.type == "mlstack:aws:ModelQualityMonitor"]
    assert "mlstack:aws:Endpoint::" in str(component.parent)


def test_only_then_labels_are_read(deploy: Callable[..., CheckMonitor], text: str) -> None:
    def rights(spec: str) -> str:
        policies = [each for each in deploy(spec).planned if each.short_type == "aws:iam:RolePolicy"]
        return next(str(each.properties["policy"]) for each in policies if "monitoring" in each.name)

    assert "/ground-truth/" in rights(text)
    assert "/ground-truth/" not in rights(text.replace("model_quality", "data_quality"))
