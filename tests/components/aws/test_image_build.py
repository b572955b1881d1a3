from __future__ import annotations

import dataclasses
import json
import subprocess

import pytest
import yaml
from mlstack_components.aws.image_build import BUILDSPEC, ImageBuild, ImageBuildArgs

KEY = "arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f"
REGISTRY = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"
REPOSITORY = "arn:aws:ecr:eu-west-1:111111111111:repository/weather"
BASE = "arn:aws:ecr:eu-west-1:763104351884:repository/pytorch-training"
PROJECT = "aws:codebuild/project:Project"


@pytest.fixture
def args(placement, tags):
    return ImageBuildArgs(
        placement=placement,
        project_name="weather-dev-images",
        repository_arn=REPOSITORY,
        repository_url=f"{REGISTRY}/weather",
        source_bucket_arn="arn:aws:s3:::artifacts",
        encryption_key_arn=KEY,
        tags=tags,
    )


def statements_of(declared):
    policy = json.loads(declared.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    return {each["Sid"]: each for each in policy["Statement"]}


def variables_of(declared):
    environment = declared.one(PROJECT).inputs["environment"]
    return {each["name"]: each["value"] for each in environment["environmentVariables"]}


def test_docker_runs_on_a_server_of_its_own_and_not_in_privileged_mode(declare, args):
    environment = declare(lambda: ImageBuild("weather-dev", args).project_name).one(PROJECT).inputs["environment"]
    assert environment["dockerServer"] == {"computeType": "BUILD_GENERAL1_MEDIUM"}
    assert environment["privilegedMode"] is False


def test_it_pushes_to_one_repository_and_deletes_nothing(declare, args):
    found = statements_of(declare(lambda: ImageBuild("weather-dev", args).project_name))
    assert set(found) == {"WriteLog", "ReadSource", "DecryptSource", "AuthenticateAtRegistries", "PushImages"}
    assert found["PushImages"]["Resource"] == [REPOSITORY]
    assert not [action for each in found.values() for action in each["Action"] if "Delete" in action or "*" in action]
    assert found["ReadSource"]["Resource"] == ["arn:aws:s3:::artifacts/builds/images/*"]


def test_base_images_of_others_are_only_pulled(declare, args):
    registry = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
    based = dataclasses.replace(args, base_repository_arns=[BASE], base_registries=[registry])
    declared = declare(lambda: ImageBuild("weather-dev", based).project_name)
    pull = statements_of(declared)["PullBaseImages"]
    assert pull["Resource"] == [BASE]
    assert not [action for action in pull["Action"] if "Put" in action or "Upload" in action]
    assert variables_of(declared)["REGISTRIES"] == f"{REGISTRY} {registry}"


def test_the_commands_stand_in_the_project_and_the_source_is_a_zip_file(declare, args):
    declared = declare(lambda: ImageBuild("weather-dev", args).project_name)
    source = declared.one(PROJECT).inputs["source"]
    assert source == {"type": "S3", "location": "artifacts/builds/images/none.zip", "buildspec": BUILDSPEC}
    assert variables_of(declared) == {"REPOSITORY": f"{REGISTRY}/weather", "REGISTRIES": REGISTRY}


def test_sagemaker_takes_the_manifest_that_is_pushed():
    """It refuses OCI's, and the index that an image with its provenance is."""
    (command,) = yaml.safe_load(BUILDSPEC)["phases"]["build"]["commands"]
    assert "--provenance=false" in command
    assert "type=docker" in command
    assert "docker push" in command


def test_every_command_of_a_build_is_one_that_a_shell_can_read() -> None:
    commands = [line for phase in json.loads(BUILDSPEC)["phases"].values() for line in phase["commands"]]
    assert len(commands) == 2
    for line in commands:
        subprocess.run(["bash", "-n", "-c", line], check=True)
