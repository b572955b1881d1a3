"""What a release proves of batches, and which models they still need; SageMaker's answers are scripted."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from mlstack.release.batch import LiveBatch, batch_differences, models_at_work, read_batch
from mlstack.release.scope import is_serving, outside
from mlstack.release.target import BatchTarget, EndpointTarget, target_of

THREE = "arn:aws:sagemaker:us-east-1:000000000000:model-package/weather/3"
TWO = "arn:aws:sagemaker:us-east-1:000000000000:model-package/weather/2"
BASE = "urn:pulumi:local::weather::mlstack:stacks:Project$mlstack:aws:BatchTransform"


def definition(model: str) -> str:
    return json.dumps({"Steps": [{"Name": "transform", "Type": "Transform", "Arguments": {"ModelName": model}}]})


class SageMaker:
    """A pipeline whose model is of version 3, with an execution that was started with the former one."""

    def describe_pipeline(self, PipelineName: str) -> Any:  # noqa: N803 - boto3's name
        return {"PipelineDefinition": definition("new"), "PipelineStatus": "Active", "PipelineName": PipelineName}

    def describe_model(self, ModelName: str) -> Any:  # noqa: N803 - boto3's name
        return {"PrimaryContainer": {"ModelPackageName": {"new": THREE, "old": TWO}[ModelName]}}

    def get_paginator(self, _: str) -> Any:
        summaries = [
            {"PipelineExecutionArn": status, "PipelineExecutionStatus": status} for status in ("Executing", "Succeeded")
        ]
        return SimpleNamespace(paginate=lambda **_: [{"PipelineExecutionSummaries": summaries}])

    def describe_pipeline_definition_for_execution(self, PipelineExecutionArn: str) -> Any:  # noqa: N803 - boto3's name
        assert PipelineExecutionArn == "Executing", "what has ended needs no model"
        return {"PipelineDefinition": definition("old")}


def test_the_pipeline_is_read_down_to_the_package_of_its_model() -> None:
    live = read_batch(SageMaker(), "weather-local-batch")  # type: ignore[arg-type]
    assert live == LiveBatch("weather-local-batch", "Active", "new", THREE)
    assert batch_differences(live, THREE) == ()
    assert batch_differences(live, TWO) == ("it scores with model version 3",)


@pytest.mark.parametrize(
    ("live", "difference"),
    [
        (None, "there is no pipeline"),
        (LiveBatch("p", "Deleting", "new", THREE), "it is Deleting"),
        (LiveBatch("p", "Active", None, None), "it names no model"),
        (LiveBatch("p", "Active", "gone", None), "the model gone behind it names no model package"),
    ],
)
def test_what_is_not_the_intended_pipeline(live: LiveBatch | None, difference: str) -> None:
    assert batch_differences(live, THREE) == (difference,)


def test_the_model_of_a_batch_that_runs_is_not_swept() -> None:
    assert models_at_work(SageMaker(), "weather-local-batch") == {"old"}  # type: ignore[arg-type]


def test_a_release_may_touch_batches_and_nothing_beside_them() -> None:
    inside = [f"{BASE}::weather-local", f"{BASE}$aws:sagemaker/pipeline:Pipeline::weather-local-batch"]
    beside = "urn:pulumi:local::weather::mlstack:aws:TrainingPipeline$aws:sagemaker/pipeline:Pipeline::weather"
    assert all(is_serving(urn) for urn in inside)
    assert outside((urn, "update") for urn in (*inside, beside)) == ((beside, "update"),)


def test_what_is_released_follows_what_the_stack_has() -> None:
    spec = SimpleNamespace(serving=None)
    batch: Any = SimpleNamespace(outputs=SimpleNamespace(batch_pipeline_name="weather-local-batch"))
    endpoint: Any = SimpleNamespace(outputs=SimpleNamespace(batch_pipeline_name=None), endpoint_name="e", spec=spec)
    assert target_of(batch) == BatchTarget("weather-local-batch")
    assert target_of(endpoint) == EndpointTarget("e", spec)  # type: ignore[arg-type]
