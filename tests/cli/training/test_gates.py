import math
from typing import Any

import pytest
from mlstack.training.execution import defined_steps
from mlstack.training.gates import gates
from mlstack_components.aws import pipeline_args
from mlstack_components.aws.pipeline_definition import pipeline_definition


def _definition(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"Steps": [{"Name": "gate", "Type": "Condition", "Arguments": {"Conditions": list(conditions)}}]}


def _condition(kind: str, metric: str, right: Any) -> dict[str, Any]:
    left = {
        "Std:JsonGet": {
            "PropertyFile": {"Get": "Steps.evaluate.PropertyFiles.EvaluationReport"},
            "Path": f"metrics.{metric}.value",
        }
    }
    return {"Type": kind, "LeftValue": left, "RightValue": right}


@pytest.mark.parametrize(
    ("kind", "sign", "threshold", "value", "passed"),
    [
        ("GreaterThanOrEqualTo", ">=", 0.8, 0.8, True),
        ("GreaterThan", ">", 0.8, 0.8, False),
        ("LessThanOrEqualTo", "<=", 0.8, 0.8, True),
        ("LessThan", "<", 0.8, 0.8, False),
        ("GreaterThanOrEqualTo", ">=", 0.8, 0.79, False),
    ],
)
def test_each_comparator(kind: str, sign: str, threshold: float, value: float, passed: bool) -> None:
    (gate,) = gates(_definition(_condition(kind, "accuracy", threshold)), {}, {"accuracy": value})
    assert (gate.condition, gate.passed) == (f"accuracy {sign} 0.8", passed)


def test_a_threshold_may_be_a_parameter() -> None:
    condition = _condition("GreaterThan", "f1", {"Get": "Parameters.LeastF1"})
    (gate,) = gates(_definition(condition), {"LeastF1": "0.5"}, {"f1": 0.6})
    assert (gate.threshold, gate.passed) == (0.5, True)
    (gate,) = gates(_definition(condition), {}, {"f1": 0.6})
    assert (gate.condition, gate.passed) == ("f1 > ?", None)


@pytest.mark.parametrize("metrics", [{}, {"accuracy": math.nan}])
def test_a_metric_that_was_not_measured_is_unknown(metrics: dict[str, float]) -> None:
    (gate,) = gates(_definition(_condition("GreaterThan", "accuracy", 0.5)), {}, metrics)
    assert gate.passed is None


def test_a_metric_may_have_dots() -> None:
    (gate,) = gates(_definition(_condition("GreaterThan", "recall.rain", 0.5)), {}, {"recall.rain": 0.6})
    assert gate.passed is True


def test_no_condition_no_gates() -> None:
    assert gates({"Steps": [{"Name": "train", "Type": "Training", "Arguments": {}}]}, {}, {}) == ()


def test_the_definition_that_the_components_make() -> None:
    step = {"image_uri": "image", "instance_type": "ml.m5.large"}
    definition = pipeline_definition(
        pipeline_args.PipelineDefinitionArgs(
            pipeline_name="weather",
            artifact_bucket="artifacts",
            encryption_key_arn="arn:aws:kms:us-east-1:000000000000:key/k",
            processing_role_arn="arn:aws:iam::000000000000:role/p",
            training_role_arn="arn:aws:iam::000000000000:role/t",
            steps=pipeline_args.PipelineSteps(
                prepare=pipeline_args.PrepareStepArgs(entry_point="prepare.py", **step),
                train=pipeline_args.TrainStepArgs(entry_point="train.py", **step),
                evaluate=pipeline_args.EvaluateStepArgs(
                    entry_point="evaluate.py",
                    gates=(pipeline_args.Gate("accuracy", ">=", 0.8), pipeline_args.Gate("error", "<", 0.1)),
                    **step,
                ),
                register=pipeline_args.RegisterStepArgs(model_package_group_name="group", image_uri="image"),
            ),
        )
    )
    found = gates(definition, {}, {"accuracy": 0.81, "error": 0.2})
    assert [(gate.condition, gate.passed) for gate in found] == [("accuracy >= 0.8", True), ("error < 0.1", False)]
    assert [(each.name, set(each.needs), each.branch) for each in defined_steps(definition)] == [
        ("prepare", set(), False),
        ("train", {"prepare"}, False),
        ("evaluate", {"prepare", "train"}, False),
        ("gate", {"evaluate"}, False),
        ("register", {"gate", "train"}, True),
        ("gate-failed", {"gate"}, True),
    ]
