from __future__ import annotations

import dataclasses
import json

import pytest
from mlstack_components.aws.build_project import BuildProject, BuildProjectArgs, BuildSource
from mlstack_components.aws.policies import statement
from mlstack_components.errors import UserError

KEY = "arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f"
PROJECT = "aws:codebuild/project:Project"
BUCKET = "arn:aws:s3:::artifacts"


@pytest.fixture
def args(placement, tags):
    return BuildProjectArgs(
        placement=placement,
        project_name="weather-dev-release",
        description="Releases the newest approved version",
        buildspec='{"version": "0.2"}',
        statements=[statement("Release", ["sagemaker:UpdateEndpoint"], "arn:aws:sagemaker:::endpoint/weather-dev")],
        encryption_key_arn=KEY,
        variables={"ENVIRONMENT": "dev"},
        tags=tags,
    )


@pytest.fixture
def declared(declare, args):
    return declare(lambda: BuildProject("weather-dev-release", args).arn)


def declared_with(declare, args, **changes):
    return declare(lambda: BuildProject("weather-dev-release", dataclasses.replace(args, **changes)).arn)


def statements_of(declared):
    policy = json.loads(declared.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    return {each["Sid"]: each for each in policy["Statement"]}


def test_it_has_a_project_a_role_and_a_log_group(declared, tags):
    assert declared.types == [
        "aws:cloudwatch/logGroup:LogGroup",
        PROJECT,
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
    ]
    project = declared.one(PROJECT).inputs
    assert project["name"] == "weather-dev-release"
    assert project["source"] == {"type": "NO_SOURCE", "buildspec": '{"version": "0.2"}'}
    assert project["serviceRole"] == "arn:aws:made:::weather-dev-release-build"
    assert project["tags"] == declared.one("aws:iam/role:Role").inputs["tags"] == tags


def test_one_build_at_a_time_and_none_for_ever(declared):
    project = declared.one(PROJECT).inputs
    assert (project["concurrentBuildLimit"], project["buildTimeout"], project["queuedTimeout"]) == (1, 30, 60)


def test_no_container_is_root_on_its_machine(declared, declare, args):
    """CodeBuild.5, CKV_AWS_316: what needs Docker gets a server of its own instead."""
    assert declared.one(PROJECT).inputs["environment"]["privilegedMode"] is False
    assert "dockerServer" not in declared.one(PROJECT).inputs["environment"]
    environment = declared_with(declare, args, docker_server="medium").one(PROJECT).inputs["environment"]
    assert environment["privilegedMode"] is False
    assert environment["dockerServer"] == {"computeType": "BUILD_GENERAL1_MEDIUM"}


def test_logs_and_artifacts_are_encrypted_and_logs_end(declared):
    """CKV_AWS_78, CKV_AWS_147, CKV_AWS_158, CKV_AWS_314, CKV_AWS_338, CodeBuild.4."""
    project = declared.one(PROJECT).inputs
    assert project["encryptionKey"] == KEY
    logs = project["logsConfig"]["cloudwatchLogs"]
    assert logs == {"status": "ENABLED", "groupName": "/aws/codebuild/weather-dev-release"}
    group = declared.one("aws:cloudwatch/logGroup:LogGroup").inputs
    assert (group["name"], group["kmsKeyId"], group["retentionInDays"]) == (logs["groupName"], KEY, 365)


@pytest.mark.parametrize("name", ["DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "github_token"])
def test_a_secret_in_plain_sight_is_refused(declare, args, name):
    """CodeBuild.2."""
    with pytest.raises(UserError, match=name):
        declared_with(declare, args, variables={name: "x"})


def test_secrets_are_read_from_secrets_manager(declare, args):
    declared = declared_with(declare, args, secret_variables={"GITHUB_TOKEN": "weather/github:token"})
    assert declared.one(PROJECT).inputs["environment"]["environmentVariables"] == [
        {"type": "PLAINTEXT", "name": "ENVIRONMENT", "value": "dev"},
        {"type": "SECRETS_MANAGER", "name": "GITHUB_TOKEN", "value": "weather/github:token"},
    ]


def test_only_this_project_takes_the_role(declared):
    (trust,) = json.loads(declared.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "codebuild.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111111111111"},
        "ArnLike": {"aws:SourceArn": ["arn:aws:codebuild:eu-west-1:111111111111:project/weather-dev-release"]},
    }


def test_the_role_may_write_its_log_and_what_it_is_there_for(declared):
    found = statements_of(declared)
    assert set(found) == {"WriteLog", "Release"}
    assert found["WriteLog"]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert found["WriteLog"]["Resource"] == ["arn:aws:made:::weather-dev-release-build-logs:*"]


def test_a_source_is_read_below_its_prefix_alone(declare, args):
    source = BuildSource(bucket_arn=BUCKET, prefix="builds/", key="builds/none.zip")
    declared = declared_with(declare, args, source=source)
    found = statements_of(declared)
    assert found["ReadSource"]["Resource"] == ["arn:aws:s3:::artifacts/builds/*"]
    assert found["DecryptSource"] == {
        "Sid": "DecryptSource",
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Resource": [KEY],
    }
    assert declared.one(PROJECT).inputs["source"] == {
        "type": "S3",
        "location": "artifacts/builds/none.zip",
        "buildspec": '{"version": "0.2"}',
    }


def test_the_role_keeps_within_a_boundary_and_has_its_rights_before_it_builds(declare, args):
    boundary = "arn:aws:iam::111111111111:policy/boundary"
    declared = declared_with(declare, args, permissions_boundary_arn=boundary)
    assert declared.one("aws:iam/role:Role").inputs["permissionsBoundary"] == boundary
    assert any("build-policy" in each for each in declared.one(PROJECT).dependencies)
