from __future__ import annotations

import dataclasses
import json
import subprocess

import pytest
from mlstack_components.aws.bucket_policy import bucket_policy
from mlstack_components.aws.deployment_role import deploy_role_arn
from mlstack_components.aws.release_commands import buildspec
from mlstack_components.aws.release_events import approved_pattern, build_input, failed_pattern
from mlstack_components.aws.release_policies import ReleasePolicyArgs, ReleaseStateArgs, release_statements

STATE = ReleaseStateArgs(bucket="mlstack-state", key_tag="mlstack:state", key_tag_value="here")
ROLE = "arn:aws:iam::111111111111:role/weather-prod-serving-1234567"


@pytest.fixture
def policy_args(placement):
    return ReleasePolicyArgs(
        placement=placement,
        project="weather",
        environment="prod",
        prefix="weather-prod",
        names=("weather-prod",),
        encryption_key_arn="arn:aws:kms:eu-west-1:111111111111:key/0",
        artifact_bucket_arn="arn:aws:s3:::artifacts",
        passed_role_arns=[ROLE],
        state=STATE,
    )


@pytest.fixture
def statements(policy_args):
    return release_statements(policy_args)


def test_of_iam_it_may_hand_on_named_roles_only(statements):
    iam = [each for each in statements if any(action.startswith("iam:") for action in each["Action"])]
    assert [(each["Action"], each["Resource"]) for each in iam] == [(["iam:PassRole"], [ROLE])]
    assert iam[0]["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_no_action_is_a_wildcard_and_what_is_changed_is_the_environments(statements):
    assert not [action for each in statements for action in each["Action"] if "*" in action]
    changing = next(each for each in statements if each["Sid"] == "ChangeServing")
    assert all(arn.partition("/")[2].startswith("weather-prod") for arn in changing["Resource"])


def test_of_another_account_it_reads_the_groups_versions_alone(policy_args, statements):
    group = "arn:aws:sagemaker:eu-west-1:333333333333:model-package-group/weather-dev"
    args = dataclasses.replace(policy_args, shared_group_arns=[group])
    (added,) = [each for each in release_statements(args) if each not in statements]
    assert added["Action"] == ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"]
    assert added["Resource"] == [group, "arn:aws:sagemaker:eu-west-1:333333333333:model-package/weather-dev/*"]


def test_it_never_writes_what_it_runs(statements):
    writes = [each for each in statements if "s3:PutObject" in each["Action"]]
    assert {arn for each in writes for arn in each["Resource"]} == {
        "arn:aws:s3:::artifacts/monitoring/code/*",
        "arn:aws:s3:::mlstack-state/.pulumi/*",
    }


def test_others_may_not_record_the_infrastructure(placement):
    writer = deploy_role_arn(placement, "weather-prod")
    policy = json.loads(bucket_policy("arn:aws:s3:::artifacts", placement, writers={"infrastructure/": [writer]}))
    denied = policy["Statement"][-1]
    assert (denied["Effect"], denied["Resource"]) == ("Deny", ["arn:aws:s3:::artifacts/infrastructure/*"])
    assert denied["Condition"] == {"StringNotEquals": {"aws:PrincipalArn": [writer]}}
    assert writer == f"arn:aws:iam::{placement.account}:role/mlstack/ci/mlstack-deploy-weather-prod"


def test_events(placement):
    assert json.loads(approved_pattern(["weather-prod"]))["detail"] == {
        "ModelPackageGroupName": ["weather-prod"],
        "ModelApprovalStatus": ["Approved"],
    }
    assert "SUCCEEDED" not in failed_pattern("weather-prod-release")
    filled = json.loads(build_input("version").replace("<group>", '"weather-prod"'))
    assert filled["sourceVersion"] == "version"
    assert filled["environmentVariablesOverride"][0]["value"] == "weather-prod"


def test_packages_are_compared_before_they_are_installed():
    spec = json.loads(buildspec("prod", {"weather-prod": ""}, STATE, "3.12"))
    commands = spec["phases"]["install"]["commands"]
    assert commands[-1] == "sh /tmp/packages/install.sh"
    assert any("sha256sum --check" in each for each in commands[:-1])
    assert spec["phases"]["build"]["commands"] == ["mlstack release prod --wait 60"]


def test_of_several_models_the_approved_one_is_released():
    spec = json.loads(buildspec("prod", {"weather-prod--wind": "wind", "weather-prod--rain": "rain"}, None, "3.12"))
    choose, release = spec["phases"]["build"]["commands"]
    assert "weather-prod--wind) model=wind;;" in choose
    assert release.endswith('--model "$model"')
    assert "install" not in spec["phases"]


def test_every_command_of_a_release_is_one_that_a_shell_can_read() -> None:
    document = json.loads(buildspec("prod", {"a": "rain", "b": "sun"}, STATE, "3.12"))
    commands = [line for phase in document["phases"].values() for line in phase["commands"]]
    assert len(commands) > 5
    for line in commands:
        subprocess.run(["bash", "-n", "-c", line], check=True)
