"""The local cloud's STS, through boto3."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from .conftest import Wire

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@pytest.fixture(scope="module")
def role(wire: Wire) -> Any:
    iam = wire.client("iam")
    made = iam.create_role(RoleName="sts-trainer", Path="/jobs/", AssumeRolePolicyDocument=TRUST)["Role"]
    listing = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": listing})
    iam.put_role_policy(RoleName="sts-trainer", PolicyName="list", PolicyDocument=policy)
    return made


def test_an_assumed_role_is_itself(wire: Wire, role: Any) -> None:
    answer = wire.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="a-job")
    identity = _with(wire, answer["Credentials"], "sts").get_caller_identity()

    assert identity["Arn"] == "arn:aws:sts::000000000000:assumed-role/sts-trainer/a-job"
    assert identity["UserId"] == f"{role['RoleId']}:a-job" == answer["AssumedRoleUser"]["AssumedRoleId"]
    assert identity["Account"] == "000000000000"


def test_its_keys_work_for_other_services_and_end_in_an_hour(wire: Wire, role: Any) -> None:
    keys = wire.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="a-job")["Credentials"]

    assert timedelta(minutes=59) < keys["Expiration"] - datetime.now(UTC) <= timedelta(minutes=60)
    assert _with(wire, keys, "s3").list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_its_keys_do_not_work_without_or_with_another_token(wire: Wire, role: Any) -> None:
    sts = wire.client("sts")
    keys, others = (sts.assume_role(RoleArn=role["Arn"], RoleSessionName="a-job")["Credentials"] for _ in range(2))

    for token in (None, others["SessionToken"]):
        with pytest.raises(ClientError) as refused:
            _with(wire, {**keys, "SessionToken": token}, "sts").get_caller_identity()
        assert refused.value.response["Error"]["Code"] == "InvalidClientTokenId"


@pytest.mark.parametrize(
    "role_arn", ["arn:aws:iam::000000000000:role/missing", "arn:aws:iam::111111111111:role/jobs/sts-trainer", "x" * 20]
)
def test_a_role_that_is_not_there_cannot_be_assumed(wire: Wire, role_arn: str) -> None:
    with pytest.raises(ClientError) as refused:
        wire.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="a-job")

    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert role_arn in refused.value.response["Error"]["Message"]


def test_a_session_is_no_longer_than_its_role_allows(wire: Wire, role: Any) -> None:
    with pytest.raises(ClientError, match="MaxSessionDuration"):
        wire.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="a-job", DurationSeconds=7200)


def test_keys_of_an_iam_user_work_until_they_are_turned_off(wire: Wire) -> None:
    iam = wire.client("iam")
    iam.create_user(UserName="sts-analyst")
    key = iam.create_access_key(UserName="sts-analyst")["AccessKey"]
    analyst = wire.client("sts", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])

    assert analyst.get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:user/sts-analyst"
    iam.update_access_key(UserName="sts-analyst", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        analyst.get_caller_identity()


def test_a_session_of_the_root_is_the_root(wire: Wire) -> None:
    keys = wire.client("sts").get_session_token()["Credentials"]

    assert _with(wire, keys, "sts").get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:root"


def test_an_operation_that_is_not_there_is_unknown_by_name(wire: Wire) -> None:
    with pytest.raises(ClientError, match="sts:DecodeAuthorizationMessage") as refused:
        wire.client("sts").decode_authorization_message(EncodedMessage="x")

    assert refused.value.response["Error"]["Code"] == "InvalidAction"


def _with(wire: Wire, keys: Any, service: str) -> Any:
    return wire.client(
        service,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
