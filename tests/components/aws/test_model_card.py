"""The card that a run joins is one that SageMaker takes, and says what the run did."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, ClassVar

import pytest
from mlstack_components.aws.model_card import ModelCardArgs
from mlstack_components.aws.pipeline_args import (
    EvaluateStepArgs,
    Gate,
    MetricDefinition,
    PipelineDefinitionArgs,
    PipelineSteps,
    PrepareStepArgs,
    RegisterStepArgs,
    TrainStepArgs,
)
from mlstack_components.aws.pipeline_definition import pipeline_definition
from mlstack_components.aws.tuning_args import Choices, ContinuousRange, IntegerRange, TuneStepArgs
from mlstack_localcloud.server.sagemaker.pipelines.expressions import resolved
from mlstack_localcloud.server.sagemaker.resources.model_cards import checked

IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
JOB_ARGS: dict[str, Any] = {"image_uri": IMAGE, "instance_type": "ml.m5.large"}
STEPS = PipelineSteps(
    prepare=PrepareStepArgs(entry_point="prepare.py", **JOB_ARGS),
    train=TrainStepArgs(
        entry_point="train.py",
        hyperparameters={"max_depth": 6, "rate": 0.1, "loss": "log_loss", "warm": True},
        metric_definitions=(MetricDefinition("f1", "f1=([0-9.]+)"),),
        **JOB_ARGS,
    ),
    evaluate=EvaluateStepArgs(entry_point="evaluate.py", gates=(Gate("accuracy", ">=", 0.8),), **JOB_ARGS),
    register=RegisterStepArgs(model_package_group_name="weather-dev", image_uri=IMAGE),
)
TUNE = TuneStepArgs(
    metric="f1",
    goal="maximize",
    ranges={
        "max_depth": IntegerRange(2, 12),
        "rate": ContinuousRange(0.01, 0.3),
        "loss": Choices(("log_loss", "exponential")),
    },
    max_jobs=8,
)
CARD = ModelCardArgs(
    creator="ml-team",
    intended_use='Tells "rain" from sun\\wind.',
    limitations="Worse at sea.",
    risk_rating="Low",
    ethical_considerations="None known.",
)
JOB = "arn:aws:sagemaker:eu-west-1:111111111111:training-job/one"
EVALUATION_JOB = "arn:aws:sagemaker:eu-west-1:111111111111:processing-job/two"


class Run:
    """What a run knows when the step that registers begins."""

    parameters: ClassVar[dict[str, Any]] = {
        "CodeUri": "s3://b/code",
        "DataUri": "s3://b/data.csv",
        "max_depth": 7,
        "rate": 0.25,
        "loss": "hinge",
        "warm": False,
    }
    facts: ClassVar[dict[str, Any]] = {"PipelineExecutionId": "0f0f", "PipelineExecutionArn": "arn:execution"}

    def properties(self, step: str) -> Any:
        return {
            "train": {"TrainingJobArn": JOB, "ModelArtifacts": {"S3ModelArtifacts": "s3://b/model.tar.gz"}},
            "tune": {
                "BestTrainingJob": {"TrainingJobArn": JOB},
                "TrainingJobDefinition": {"OutputDataConfig": {"S3OutputPath": "s3://b/tuned"}},
                "TrainingJobSummaries": [{"TrainingJobName": "best"}],
            },
            "prepare": {
                "ProcessingOutputConfig": {"Outputs": [{"OutputName": "test", "S3Output": {"S3Uri": "s3://b/test"}}]}
            },
            "evaluate": {"ProcessingJobArn": EVALUATION_JOB},
        }[step]

    def property_file(self, step: str, name: str) -> Any:
        assert (step, name) == ("evaluate", "EvaluationReport")
        return {"metrics": {"accuracy": {"value": 0.8125}, "log_loss": {"value": 1e-07}}}


def register(card: ModelCardArgs | None = CARD, **changes: Any) -> dict[str, Any]:
    """The request that registers a version."""
    assert STEPS.register is not None
    steps = dataclasses.replace(STEPS, register=dataclasses.replace(STEPS.register, card=card), **changes)
    definition = pipeline_definition(
        PipelineDefinitionArgs(
            pipeline_name="weather-dev",
            artifact_bucket="weather-artifacts",
            encryption_key_arn="arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f",
            processing_role_arn="arn:aws:iam::111111111111:role/processing",
            training_role_arn="arn:aws:iam::111111111111:role/training",
            steps=steps,
        )
    )
    last = definition["Steps"][-1]
    found: dict[str, Any] = (last["Arguments"]["IfSteps"][0] if last["Type"] == "Condition" else last)["Arguments"]
    return found


def content(**changes: Any) -> dict[str, Any]:
    """What the card says after the run, as the local cloud takes it."""
    card = resolved(register(**changes)["ModelCard"], Run())
    assert checked(card)["ModelCardStatus"] == "Draft"
    found: dict[str, Any] = json.loads(card["ModelCardContent"])
    return found


def test_without_a_card_the_request_is_what_it_was() -> None:
    without, with_card = register(None), register()
    assert with_card.pop("ModelCard")
    assert with_card == without


def test_what_people_say_is_told_as_they_wrote_it() -> None:
    found = content()
    assert found["model_overview"] == {"model_creator": "ml-team", "model_artifact": ["s3://b/model.tar.gz"]}
    assert found["intended_uses"] == {
        "intended_uses": 'Tells "rain" from sun\\wind.',
        "factors_affecting_model_efficiency": "Worse at sea.",
        "risk_rating": "Low",
    }
    assert found["additional_information"]["ethical_considerations"] == "None known."


def test_what_the_model_was_made_from_is_the_runs_own() -> None:
    found = content()
    job = found["training_details"]["training_job_details"]
    assert job["training_arn"] == JOB
    assert job["training_datasets"] == ["s3://b/data.csv"]
    assert job["training_environment"] == {"container_image": [STEPS.train.image_uri]}
    values = {each["name"]: each["value"] for each in job["user_provided_hyper_parameters"]}
    assert values == {"max_depth": "7", "rate": "0.25", "loss": "hinge", "warm": "false"}
    details = found["additional_information"]["custom_details"]
    assert details == {"code_uri": "s3://b/code", "pipeline_execution": "arn:execution"}


def test_the_metrics_of_the_gates_are_told_with_the_report() -> None:
    gates = (Gate("accuracy", ">=", 0.8), Gate("accuracy", "<", 1), Gate("log_loss", "<", 0.5))
    (details,) = content(evaluate=dataclasses.replace(STEPS.evaluate, gates=gates))["evaluation_details"]
    assert details["evaluation_job_arn"] == EVALUATION_JOB
    assert details["datasets"] == ["s3://b/test"]
    assert details["metadata"]["report"] == (
        "s3://weather-artifacts/pipelines/weather-dev/0f0f/evaluate/evaluation/evaluation.json"
    )
    assert details["evaluation_observation"] == "Passed: accuracy >= 0.8; accuracy < 1; log_loss < 0.5"
    assert details["metric_groups"] == [
        {
            "name": "gates",
            "metric_data": [
                {"name": "accuracy", "type": "number", "value": 0.8125},
                {"name": "log_loss", "type": "number", "value": 1e-07},
            ],
        }
    ]


def test_parts_that_the_pipeline_has_not_are_not_told_of() -> None:
    (ungated,) = content(evaluate=dataclasses.replace(STEPS.evaluate, gates=()))["evaluation_details"]
    assert "metric_groups" not in ungated
    assert "evaluation_details" not in content(evaluate=None)


def test_of_a_tuned_model_the_best_job_is_named() -> None:
    found = content(tune=TUNE)
    assert found["model_overview"]["model_artifact"] == ["s3://b/tuned/best/output/model.tar.gz"]
    job = found["training_details"]["training_job_details"]
    assert job["training_arn"] == JOB
    assert [each["name"] for each in job["user_provided_hyper_parameters"]] == ["warm"], "tuning chose the others"


@pytest.mark.slow
@pytest.mark.xdist_group("sagemaker-sdk")
@pytest.mark.parametrize("changes", [{}, {"evaluate": None}, {"tune": TUNE}], ids=["whole", "unmeasured", "tuned"])
def test_the_sdk_reads_every_word_of_it(changes: dict[str, Any]) -> None:
    from sagemaker.core.shapes.model_card_shapes import ModelCardContent

    found = content(**changes)
    read = ModelCardContent.model_validate(found).model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    assert read == found
