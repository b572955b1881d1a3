"""Our definition beside the one that the sagemaker SDK makes of the same pipeline.

Equal after `SDK_MADE` is removed from the SDK's; a change of anything else makes them differ.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mlstack_components.aws.model_card import ModelCardArgs
from mlstack_components.aws.network import Network
from mlstack_components.aws.pipeline_args import (
    EvaluateStepArgs,
    Gate,
    MetricDefinition,
    PipelineDefinitionArgs,
    PipelineSteps,
    PrepareStepArgs,
    RegisterStepArgs,
    SpotTraining,
    TrainStepArgs,
)
from mlstack_components.aws.pipeline_definition import pipeline_definition
from mlstack_components.aws.tuning_args import Choices, ContinuousRange, IntegerRange, TuneStepArgs

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sagemaker-sdk")]

SDK_MADE: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("MlflowConfig",), None),
    (("OutputDataConfig", "CompressionType"), "GZIP"),
    (("Environment", "SAGEMAKER_CONTAINER_LOG_LEVEL"), "20"),
    (("Environment", "SAGEMAKER_REGION"), "eu-west-1"),
    (("ModelMetrics", "Bias"), {}),
    (("ModelMetrics", "Explainability"), {}),
    (("SkipModelValidation",), "None"),
)
"""The end of each field's path, and the value that the SDK gives it; another value stays and makes a difference."""

IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
WHOLE = PipelineDefinitionArgs(
    pipeline_name="weather-dev",
    artifact_bucket="weather-artifacts",
    encryption_key_arn="arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f",
    processing_role_arn="arn:aws:iam::111111111111:role/processing",
    training_role_arn="arn:aws:iam::111111111111:role/training",
    code_uri="s3://weather-artifacts/code/0f/sourcedir.tar.gz",
    data_uri="s3://weather-data/data/0f/weather.csv",
    steps=PipelineSteps(
        prepare=PrepareStepArgs(
            entry_point="prepare.py", image_uri=IMAGE, instance_type="ml.m5.large", volume_gigabytes=50
        ),
        train=TrainStepArgs(
            entry_point="train.py",
            image_uri=IMAGE,
            instance_type="ml.g5.xlarge",
            instance_count=2,
            max_runtime_seconds=3600,
            hyperparameters={"max_depth": 6, "rate": 0.1, "loss": "log_loss", "warm": True},
            metric_definitions=(MetricDefinition("train:accuracy", "accuracy=([0-9.]+)"),),
        ),
        evaluate=EvaluateStepArgs(
            entry_point="evaluate.py",
            image_uri=IMAGE,
            instance_type="ml.c5.large",
            gates=(Gate("accuracy", ">=", 0.8), Gate("log_loss", "<", 0.5)),
        ),
        register=RegisterStepArgs(
            model_package_group_name="weather-dev",
            image_uri=IMAGE,
            entry_point="serve.py",
            instance_types=("ml.m5.large",),
        ),
    ),
)
UNGATED = dataclasses.replace(WHOLE.steps.evaluate, gates=())
TUNE = TuneStepArgs(
    metric="train:accuracy",
    goal="maximize",
    ranges={
        "max_depth": IntegerRange(2, 12),
        "rate": ContinuousRange(0.01, 0.3),
        "loss": Choices(("log_loss", "exponential")),
    },
    max_jobs=8,
    max_parallel_jobs=2,
)
NETWORK = Network(("subnet-1", "subnet-2"), ("sg-1",))
# Everything that training can have together.
SPOT = dataclasses.replace(
    WHOLE.steps.train, spot=SpotTraining(max_wait_seconds=7200), distribution="torchrun", sharded=True
)
WARM = dataclasses.replace(WHOLE.steps.train, instance_count=1, distribution="mpi", keep_alive_seconds=1800)
VARIANTS = {
    "whole": WHOLE,
    "in a network": dataclasses.replace(WHOLE, network=NETWORK),
    "without gates": dataclasses.replace(WHOLE, steps=dataclasses.replace(WHOLE.steps, evaluate=UNGATED)),
    "without preparation": dataclasses.replace(WHOLE, steps=dataclasses.replace(WHOLE.steps, prepare=None)),
    "tuned": dataclasses.replace(WHOLE, network=NETWORK, steps=dataclasses.replace(WHOLE.steps, tune=TUNE)),
    "on spot instances": dataclasses.replace(WHOLE, steps=dataclasses.replace(WHOLE.steps, train=SPOT)),
    "kept warm": dataclasses.replace(WHOLE, steps=dataclasses.replace(WHOLE.steps, train=WARM)),
    "tuned on spot instances": dataclasses.replace(
        WHOLE, steps=dataclasses.replace(WHOLE.steps, train=SPOT, tune=TUNE)
    ),
}


@pytest.fixture(scope="module")
def sdk_definitions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the SDK makes, without its own configuration, credentials and telemetry."""
    home = tmp_path_factory.mktemp("home")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAGEMAKER_VALIDATE_ROLE": "false",
    }
    program = Path(__file__).with_name("sagemaker_sdk_pipelines.py")
    run = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 0, run.stderr
    definitions: dict[str, Any] = json.loads(run.stdout)
    return definitions


def _is_sdk_made(path: tuple[str | int, ...], value: Any) -> bool:
    return any(path[-len(end) :] == end and value == made for end, made in SDK_MADE)


def without_sdk_made(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Returns a definition without the fields that the SDK adds by itself."""
    if isinstance(value, dict):
        return {
            key: without_sdk_made(each, (*path, key))
            for key, each in value.items()
            if not _is_sdk_made((*path, key), each)
        }
    if isinstance(value, list):
        return [without_sdk_made(each, (*path, index)) for index, each in enumerate(value)]
    return value


def same(ours: dict[str, Any], sdks: dict[str, Any]) -> bool:
    """The comparison under test: exact, but for what the SDK adds to its own."""
    return json.dumps(ours, sort_keys=True) == json.dumps(without_sdk_made(sdks), sort_keys=True)


@pytest.mark.parametrize("variant", VARIANTS)
def test_ours_is_what_the_sdk_makes(variant: str, sdk_definitions: dict[str, Any]):
    ours = pipeline_definition(VARIANTS[variant])
    assert ours == without_sdk_made(sdk_definitions[variant])
    assert same(ours, sdk_definitions[variant])


def test_the_best_model_is_where_the_sdk_looks_for_it(sdk_definitions: dict[str, Any]):
    """The SDK's function takes a bucket and a prefix, where ours takes the folder that the tuning job was given."""
    evaluate = next(step for step in pipeline_definition(VARIANTS["tuned"])["Steps"] if step["Name"] == "evaluate")
    (uri,) = [
        each["S3Input"]["S3Uri"]["Std:Join"]
        for each in evaluate["Arguments"]["ProcessingInputs"]
        if each["InputName"] == "model"
    ]
    theirs = sdk_definitions["top model"]["Std:Join"]
    assert uri["On"] == theirs["On"]
    assert uri["Values"][-2:] == theirs["Values"][-2:]
    assert uri["Values"][:-2] == [{"Get": "Steps.tune.TrainingJobDefinition.OutputDataConfig.S3OutputPath"}]


def test_every_listed_field_is_one_that_the_sdk_made(sdk_definitions: dict[str, Any]):
    """A field that the SDK no longer makes has no place in the list."""
    found = {path[-len(end) :] for path, _ in _places(sdk_definitions["whole"]) for end, _ in SDK_MADE}
    assert {end for end, _ in SDK_MADE} <= found


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value in a definition, the inner ones first."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from _places(each, (*path, key))
        yield (*path, key), each


def _changes(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every definition that differs in one place: a value changed, dropped, or added."""
    for path, value in _places(definition):
        for name, change in (("changed", _change), ("dropped", _drop), ("added", _add)):
            if name == "added" and not isinstance(value, (dict, list)):
                continue
            if name == "changed" and isinstance(value, (dict, list)):
                continue
            changed = copy.deepcopy(definition)
            parent = changed
            for key in path[:-1]:
                parent = parent[key]  # type: ignore[index]
            change(parent, path[-1])
            yield f"{name} {'.'.join(map(str, path))}", changed


def _change(parent: Any, key: str | int) -> None:
    value = parent[key]
    if isinstance(value, bool):
        parent[key] = not value
    elif isinstance(value, (int, float)):
        parent[key] = value + 1
    else:
        parent[key] = f"{value}x"


def _drop(parent: Any, key: str | int) -> None:
    del parent[key]


def _add(parent: Any, key: str | int) -> None:
    if isinstance(parent[key], dict):
        parent[key]["Another"] = 1
    else:
        parent[key].append("another")


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_change_of_any_field_of_ours_is_noticed(variant: str, sdk_definitions: dict[str, Any]):
    ours = pipeline_definition(VARIANTS[variant])
    changes = list(_changes(ours))
    assert len(changes) > 400
    assert [place for place, changed in changes if same(changed, sdk_definitions[variant])] == []


def test_a_change_of_any_field_of_the_sdks_outside_the_list_is_noticed(sdk_definitions: dict[str, Any]):
    """Only dropping a listed field leaves them equal."""
    ours = pipeline_definition(WHOLE)
    unnoticed = {place for place, changed in _changes(sdk_definitions["whole"]) if same(ours, changed)}
    listed = {
        f"dropped {'.'.join(map(str, path))}"
        for path, value in _places(sdk_definitions["whole"])
        if _is_sdk_made(path, value)
    }
    assert len(listed) == len(SDK_MADE)
    assert unnoticed == listed


def test_a_card_is_written_as_the_sdk_writes_it(sdk_definitions: dict[str, Any]):
    """Beside a text that a run joins, and each value in it as the SDK refers to it."""
    carded = dataclasses.replace(WHOLE.steps.register, card=ModelCardArgs(creator="ml-team", intended_use="Weather"))
    steps = dataclasses.replace(WHOLE.steps, register=carded)
    ours, theirs = (
        _card(definition)
        for definition in (
            pipeline_definition(dataclasses.replace(WHOLE, steps=steps)),
            sdk_definitions["with a card"],
        )
    )
    assert ours["ModelCardStatus"] == theirs["ModelCardStatus"]
    own, their = (card["ModelCardContent"]["Std:Join"] for card in (ours, theirs))
    assert own["On"] == their["On"]
    assert len(their["Values"]) == 6
    assert [each for each in their["Values"] if each not in own["Values"]] == []


def _card(definition: dict[str, Any]) -> dict[str, Any]:
    gate = next(step for step in definition["Steps"] if step["Type"] == "Condition")
    card: dict[str, Any] = gate["Arguments"]["IfSteps"][0]["Arguments"]["ModelCard"]
    return card
