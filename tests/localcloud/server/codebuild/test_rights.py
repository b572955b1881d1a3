"""What a build reads and writes beside its source is its role's to reach, and what is refused is named."""

from __future__ import annotations

import json

import pytest

from .conftest import LINUX, allow, spec

LOGS = allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"])


def message_of(build):
    (failed,) = [phase for phase in build["phases"] if phase.get("phaseStatus") == "FAILED"]
    return failed["contexts"][0]["message"]


@pytest.fixture
def kept(builds):
    """A parameter and a secret: what they are called, and what a role needs to read them."""
    ssm, secrets = builds.client("ssm"), builds.client("secretsmanager")
    ssm.put_parameter(Name=f"/{builds.name}/word", Value="of the store", Type="SecureString")
    secret = json.dumps({"key": "of the manager"})
    arn = secrets.create_secret(Name=builds.name, SecretString=secret)["ARN"]
    parameter = f"arn:aws:ssm:us-east-1:000000000000:parameter/{builds.name}/word"
    return {"PARAMETER_STORE": (f"/{builds.name}/word", allow("ssm:GetParameters", parameter)),
            "SECRETS_MANAGER": (f"{builds.name}:key", allow("secretsmanager:GetSecretValue", arn))}  # fmt: skip


@pytest.mark.parametrize("place", ["project", "buildspec"])
def test_variables_are_read_with_the_rights_of_the_role(builds, kept, place):
    names = {"PARAMETER_STORE": "A", "SECRETS_MANAGER": "B"}
    given = json.loads(spec(build=['[ "$A and $B" = "of the store and of the manager" ]']))
    variables = [{"name": name, "type": kind, "value": kept[kind][0]} for kind, name in names.items()]
    if place == "buildspec":
        given["env"] = {"parameter-store": {"A": kept["PARAMETER_STORE"][0]},
                        "secrets-manager": {"B": kept["SECRETS_MANAGER"][0]}}  # fmt: skip
        variables = []
    builds.project(json.dumps(given), environment={**LINUX, "environmentVariables": variables})
    rights = [right for _, right in kept.values()]
    for held, refused in (([], "ssm:GetParameters"), (rights[:1], "secretsmanager:GetSecretValue")):
        builds.may(LOGS, *held)
        build = builds.built()
        assert build["buildStatus"] == "FAILED"
        assert "AccessDenied" in message_of(build)
        assert f"{builds.name}/SageMaker is not authorized to perform: {refused}" in message_of(build)
    builds.may(LOGS, *rights)
    assert builds.built()["buildStatus"] == "SUCCEEDED"
    # The build's record has the names, and never what they stand for.
    assert "of the" not in str(builds.built()["environment"])


def test_a_parameter_that_is_not_there_is_named(builds):
    builds.may(LOGS, allow("ssm:GetParameters"))
    builds.project(json.dumps(json.loads(spec(build=["true"])) | {"env": {"parameter-store": {"A": "/nobody/has"}}}))
    build = builds.built()
    assert build["buildStatus"] == "FAILED"
    assert "parameter does not exist: /nobody/has" in message_of(build)


def test_artifacts_are_encrypted_with_the_key_of_the_project_which_the_role_must_hold(builds):
    key = builds.client("kms").create_key()["KeyMetadata"]["Arn"]
    text = json.loads(spec(build=["echo content > out.txt"])) | {"artifacts": {"files": ["out.txt"]}}
    builds.project(
        json.dumps(text), artifacts={"type": "S3", "location": builds.name, "name": "made"}, encryptionKey=key
    )
    put = allow("s3:PutObject", f"arn:aws:s3:::{builds.name}/*")
    builds.may(LOGS, put)
    denied = builds.built()
    assert denied["buildStatus"] == "FAILED"
    assert "kms:GenerateDataKey" in message_of(denied)
    builds.may(LOGS, put, allow("kms:GenerateDataKey", key))
    assert builds.built()["buildStatus"] == "SUCCEEDED"
    made = builds.s3.head_object(Bucket=builds.name, Key="made/out.txt")
    assert (made["ServerSideEncryption"], made["SSEKMSKeyId"]) == ("aws:kms", key)
