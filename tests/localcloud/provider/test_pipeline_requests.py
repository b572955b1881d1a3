"""The requests in a pipeline's definition are checked as far as they are known before it runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mlstack_localcloud.provider.pipeline_requests import step_problems
from mlstack_localcloud.provider.service_models import ServiceModel

from .services import problems_of

MODEL = ServiceModel("sagemaker")
TYPE = {"Get": "Parameters.Type"}
ROLE = "arn:aws:iam::000000000000:role/jobs"


def training(**changes: Any) -> dict[str, Any]:
    cluster = {"InstanceType": TYPE, "InstanceCount": 1, "VolumeSizeInGB": 30}
    return {
        "Name": "train",
        "Type": "Training",
        "Arguments": {
            "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
            "OutputDataConfig": {"S3OutputPath": {"Std:Join": {"On": "/", "Values": ["s3://b", {"Get": "Steps.a.X"}]}}},
            "ResourceConfig": {**cluster, **changes.pop("ResourceConfig", {})},
            "RoleArn": ROLE,
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            **changes,
        },
    }


def found(*steps: Any, default: Any = "ml.m5.large", kind: str = "String") -> dict[str, str]:
    parameters = [{"Name": "Type", "Type": kind, **({} if default is None else {"DefaultValue": default})}]
    definition = {"Version": "2020-12-01", "Parameters": parameters, "Steps": list(steps)}
    problems = step_problems(definition, lambda name: MODEL.operation_model(name).input_shape)
    return {problem.path.removeprefix("Steps.train.Arguments."): problem.reason for problem in problems}


def test_nothing_is_wrong_with_a_right_one() -> None:
    assert found(training()) == {}


def test_a_parameters_default_is_checked_where_it_is_used() -> None:
    (reason,) = found(training(), default="ml.q9.large").values()
    assert reason.startswith('"ml.q9.large" is not one of ml.')
    assert reason.endswith("(CreateTrainingJob in the AWS API)")
    # As the name of a channel nobody minds it.
    assert found(training(ResourceConfig={"InstanceType": "ml.m5.large"}), default="ml.q9.large") == {}


def test_what_only_a_run_decides_is_not_checked() -> None:
    assert found(training(), default=None) == {}
    assert found(training(RoleArn={"Get": "Steps.other.RoleArn"})) == {}
    assert found(training(RoleArn={"Std:Join": {"On": "", "Values": [{"Get": "Execution.PipelineName"}]}})) == {}
    assert (
        found(training(RoleArn={"Std:JsonGet": {"PropertyFile": {"Get": "Steps.a.PropertyFiles.b"}, "Path": "c"}}))
        == {}
    )


def test_what_is_joined_from_known_parts_is_checked() -> None:
    joined = {"Std:Join": {"On": ".", "Values": ["ml", {"Get": "Parameters.Type"}]}}
    assert found(training(ResourceConfig={"InstanceType": joined}), default="m5.large") == {}
    assert list(found(training(ResourceConfig={"InstanceType": joined}), default="q9.large")) == [
        "ResourceConfig.InstanceType"
    ]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0}}, "StoppingCondition.MaxRuntimeInSeconds", "at least 1"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": "60"}}, "StoppingCondition.MaxRuntimeInSeconds", "whole number"),
        ({"HyperParameters": {"depth": 6}}, "HyperParameters.depth", "must be a text"),
        ({"HyperParameters": {"depth": "x" * 2501}}, "HyperParameters.depth", "at most 2500 characters"),
        ({"HyperParameters": ["depth"]}, "HyperParameters", "must be a map"),
        ({"EnableNetworkIsolation": "true"}, "EnableNetworkIsolation", "must be true or false"),
        ({"RoleArn": "nobody"}, "RoleArn", "does not match"),
        ({"InputDataConfig": [{"ChannelName": "a b"}]}, "InputDataConfig[0].ChannelName", "does not match"),
        ({"Hyperparameters": {}}, "Hyperparameters", "is not known to the API"),
        ({"OutputDataConfig": {}}, "OutputDataConfig.S3OutputPath", "is required"),
        ({"ResourceConfig": {"InstanceCount": True}}, "ResourceConfig.InstanceCount", "must be a whole number"),
    ],
)
def test_a_request_is_checked(changes: dict[str, Any], place: str, words: str) -> None:
    problems = found(training(**changes))
    assert words in problems[place]


def test_steps_behind_a_condition_are_checked() -> None:
    wrong = training(StoppingCondition={"MaxRuntimeInSeconds": 0})
    condition = {
        "Name": "gate",
        "Type": "Condition",
        "Arguments": {"Conditions": [], "IfSteps": [], "ElseSteps": [wrong]},
    }
    assert list(found(condition)) == ["StoppingCondition.MaxRuntimeInSeconds"]


def test_steps_of_other_types_are_passed_over() -> None:
    assert found({"Name": "ask", "Type": "Lambda", "Arguments": {"anything": 1}}) == {}


@pytest.mark.parametrize(
    "definition", [[], "text", {}, {"Steps": {}}, {"Steps": [1]}, {"Steps": [], "Parameters": [1]}]
)
def test_a_malformed_definition_is_no_crash(definition: Any) -> None:
    list(step_problems(definition, lambda name: MODEL.operation_model(name).input_shape))


def test_the_provider_refuses_them_in_its_preview() -> None:
    definition = {"Version": "2020-12-01", "Steps": [training(ResourceConfig={"InstanceType": "ml.q9.large"})]}
    given = {
        "pipelineName": "p",
        "pipelineDisplayName": "p",
        "roleArn": ROLE,
        "pipelineDefinition": json.dumps(definition),
    }
    assert list(problems_of("aws:sagemaker/pipeline:Pipeline", given)) == [
        "pipelineDefinition.Steps.train.Arguments.ResourceConfig.InstanceType"
    ]
