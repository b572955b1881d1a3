"""The step that measures the training data, and the version that names the result."""

from __future__ import annotations

import dataclasses
import json

import pytest
from mlstack_components.aws.network import Network
from mlstack_components.aws.pipeline_args import (
    BaselineStepArgs,
    EvaluateStepArgs,
    Gate,
    PipelineDefinitionArgs,
    PipelineSteps,
    PrepareStepArgs,
    RegisterStepArgs,
    TrainStepArgs,
)
from mlstack_components.aws.pipeline_definition import pipeline_definition
from mlstack_localcloud.provider.pipeline_requests import step_problems
from mlstack_localcloud.provider.service_models import ServiceModel

IMAGE = "468650794304.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-model-monitor-analyzer"
KEY = "arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f"
JOB = {"image_uri": "image", "instance_type": "ml.m5.large"}


@pytest.fixture
def args() -> PipelineDefinitionArgs:
    return PipelineDefinitionArgs(
        pipeline_name="weather-dev",
        artifact_bucket="artifacts",
        encryption_key_arn=KEY,
        processing_role_arn="arn:aws:iam::111111111111:role/processing",
        training_role_arn="arn:aws:iam::111111111111:role/training",
        steps=PipelineSteps(
            prepare=PrepareStepArgs(entry_point="prepare.py", **JOB),
            train=TrainStepArgs(entry_point="train.py", **JOB),
            evaluate=EvaluateStepArgs(entry_point="evaluate.py", gates=(Gate("accuracy", ">=", 0.8),), **JOB),
            baseline=BaselineStepArgs(image_uri=IMAGE, instance_type="ml.m5.xlarge"),
            register=RegisterStepArgs(model_package_group_name="weather-dev", image_uri="image"),
        ),
        code_uri="s3://artifacts/code/1/sourcedir.tar.gz",
        data_uri="s3://data/weather.csv",
    )


def _changed(args, **steps):
    return dataclasses.replace(args, steps=dataclasses.replace(args.steps, **steps))


def _steps(args):
    return {each["Name"]: each for each in pipeline_definition(args)["Steps"]}


def _passed(args):
    return {each["Name"]: each for each in _steps(args)["gate"]["Arguments"]["IfSteps"]}


def test_only_a_model_that_passes_the_gates_has_one(args):
    assert "baseline" not in _steps(args)
    assert list(_passed(args)) == ["baseline", "register"]


def test_without_gates_it_comes_before_the_registration(args):
    assert list(_steps(_changed(args, evaluate=None))) == ["prepare", "train", "baseline", "register"]


def test_without_a_registration_there_is_none(args):
    assert "baseline" not in json.dumps(pipeline_definition(_changed(args, register=None)))


def test_it_measures_the_training_set(args):
    arguments = _passed(args)["baseline"]["Arguments"]
    (given,) = arguments["ProcessingInputs"]
    assert given["S3Input"]["S3Uri"] == {"Get": "Steps.prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}
    assert arguments["Environment"]["dataset_source"] == given["S3Input"]["LocalPath"]
    assert json.loads(arguments["Environment"]["dataset_format"])["csv"]["header"] is True
    (written,) = arguments["ProcessingOutputConfig"]["Outputs"]
    assert arguments["Environment"]["output_path"] == written["S3Output"]["LocalPath"]
    raw = _passed(_changed(args, prepare=None))["baseline"]["Arguments"]["ProcessingInputs"][0]
    assert raw["S3Input"]["S3Uri"] == {"Get": "Parameters.DataUri"}


def test_the_version_names_both_files(args):
    register = _passed(args)["register"]["Arguments"]
    folder = {"Get": "Steps.baseline.ProcessingOutputConfig.Outputs['baseline'].S3Output.S3Uri"}
    found = register["DriftCheckBaselines"]["ModelDataQuality"]
    for member, file in (("Statistics", "statistics.json"), ("Constraints", "constraints.json")):
        assert found[member]["S3Uri"] == {"Std:Join": {"On": "/", "Values": [folder, file]}}
    assert register["ModelMetrics"]["ModelDataQuality"] == found
    assert "ModelQuality" in register["ModelMetrics"]


def test_it_is_isolated_encrypted_and_in_the_network(args):
    network = Network(subnet_ids=("subnet-1",), security_group_ids=("sg-1",))
    arguments = _passed(dataclasses.replace(args, network=network))["baseline"]["Arguments"]
    assert arguments["NetworkConfig"]["EnableNetworkIsolation"] is True
    assert arguments["NetworkConfig"]["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    assert arguments["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == KEY
    assert arguments["ProcessingOutputConfig"]["KmsKeyId"] == KEY


def test_a_definition_without_one_is_as_it_was(args):
    without = json.dumps(pipeline_definition(_changed(args, baseline=None)))
    assert "baseline" not in without
    assert "DriftCheckBaselines" not in without


def test_sagemaker_takes_the_requests(args):
    model = ServiceModel("sagemaker")
    shapes = lambda operation: model.operation_model(operation).input_shape  # noqa: E731 - what the check asks for
    assert list(step_problems(pipeline_definition(args), shapes)) == []
