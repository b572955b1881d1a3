"""IAM's simulation of policies, through boto3: it says what requests then meet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from .conftest import Wire

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::weather-*"},
        {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "kms:CreateKey",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestTag/team": "storms"}},
        },
    ],
}


@pytest.fixture(scope="module")
def role(wire: Wire) -> Any:
    iam = wire.client("iam")
    made = iam.create_role(RoleName="simulated", Path="/teams/", AssumeRolePolicyDocument=TRUST)["Role"]
    iam.put_role_policy(RoleName="simulated", PolicyName="own", PolicyDocument=json.dumps(POLICY))
    return made


def _decisions(wire: Wire, arn: str, actions: list[str], **options: Any) -> dict[tuple[str, str], str]:
    answer = wire.client("iam").simulate_principal_policy(PolicySourceArn=arn, ActionNames=actions, **options)
    return {
        (each["EvalActionName"], each["EvalResourceName"]): each["EvalDecision"] for each in answer["EvaluationResults"]
    }


def test_each_action_is_judged_for_each_resource(wire: Wire, role: Any) -> None:
    ours, other = "arn:aws:s3:::weather-data", "arn:aws:s3:::other"
    actions = ["s3:CreateBucket", "s3:DeleteBucket"]
    assert _decisions(wire, role["Arn"], actions, ResourceArns=[ours, other]) == {
        ("s3:CreateBucket", ours): "allowed",
        ("s3:CreateBucket", other): "implicitDeny",
        ("s3:DeleteBucket", ours): "explicitDeny",
        ("s3:DeleteBucket", other): "explicitDeny",
    }
    assert _decisions(wire, role["Arn"], ["s3:CreateBucket"]) == {("s3:CreateBucket", "*"): "implicitDeny"}


def test_a_condition_key_that_is_not_given_is_told_as_missing(wire: Wire, role: Any) -> None:
    iam = wire.client("iam")
    (result,) = iam.simulate_principal_policy(PolicySourceArn=role["Arn"], ActionNames=["kms:CreateKey"])[
        "EvaluationResults"
    ]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["MissingContextValues"] == ["aws:RequestTag/team"]
    entry = {"ContextKeyName": "aws:RequestTag/team", "ContextKeyValues": ["storms"], "ContextKeyType": "string"}
    assert _decisions(wire, role["Arn"], ["kms:CreateKey"], ContextEntries=[entry]) == {
        ("kms:CreateKey", "*"): "allowed"
    }


def test_it_says_what_requests_meet(wire: Wire, role: Any) -> None:
    import boto3

    keys = wire.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
    s3 = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=wire.client("s3").meta.endpoint_url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    s3.create_bucket(Bucket="weather-simulated")
    for call, bucket in ((s3.create_bucket, "other-simulated"), (s3.delete_bucket, "weather-simulated")):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(Bucket=bucket)


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("arn:aws:iam::000000000000:root", "InvalidInput"),
        ("arn:aws:iam::000000000000:role/nobody", "NoSuchEntity"),
    ],
)
def test_who_cannot_be_simulated(wire: Wire, arn: str, code: str) -> None:
    with pytest.raises(ClientError) as refused:
        _decisions(wire, arn, ["s3:CreateBucket"])
    assert refused.value.response["Error"]["Code"] == code


def test_what_is_not_implemented_is_refused_by_name(wire: Wire, role: Any) -> None:
    with pytest.raises(ClientError, match="ResourcePolicy"):
        _decisions(wire, role["Arn"], ["s3:CreateBucket"], ResourcePolicy="{}")
