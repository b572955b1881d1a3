"""Who may write what releases by themselves run: judged by the local cloud, with roles that may do everything in S3."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from mlstack_components.aws.bucket_policy import bucket_policy
from mlstack_components.aws.deployment_role import deploy_role_arn
from mlstack_components.aws.placement import Placement

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Placement("000000000000", "us-east-1")
KEY = "infrastructure/0f0f.zip"


class Artifacts:
    """A bucket whose policy names two writers, and clients of roles."""

    def __init__(self, aws: boto3.Session) -> None:
        self._aws = aws
        self.prefix = f"w-{uuid.uuid4().hex[:8]}"
        self.deployer = deploy_role_arn(HERE, self.prefix)
        self.operator = f"arn:aws:iam::{HERE.account}:role/teams/{self.prefix}-operator"
        self.root = aws.client("s3")
        self.root.create_bucket(Bucket=self.prefix)
        arn = f"arn:aws:s3:::{self.prefix}"
        writers = [HERE.account_principal, self.deployer, self.operator]
        policy = bucket_policy(arn, HERE, writers={"infrastructure/": writers})
        self.root.put_bucket_policy(Bucket=self.prefix, Policy=policy)

    def client(self, role: str) -> Any:
        """A client of S3 with a session of a role, made here, that may do everything in S3."""
        _, _, name = role.rpartition("/")
        path = role.partition(":role")[2].removesuffix(name)
        iam = self._aws.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": HERE.account_principal}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=_policy(trust))
        everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=_policy(everything))
        # The name of a session is anybody's choice and says nothing.
        answer = self._aws.client("sts").assume_role(RoleArn=role, RoleSessionName=f"{self.prefix}-operator")
        keys = answer["Credentials"]
        session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], HERE.region)
        return session.client("s3", endpoint_url=self.root.meta.endpoint_url)


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def artifacts(aws: boto3.Session) -> Artifacts:
    return Artifacts(aws)


@pytest.fixture(scope="module")
def other(artifacts: Artifacts) -> Any:
    """A role whose name begins like that of a writer."""
    return artifacts.client(f"arn:aws:iam::{HERE.account}:role/{artifacts.prefix}-operators")


@pytest.mark.parametrize("writer", ["deployer", "operator"])
def test_writers_may(artifacts: Artifacts, writer: str) -> None:
    client = artifacts.client(getattr(artifacts, writer))
    client.put_object(Bucket=artifacts.prefix, Key=KEY, Body=writer.encode())
    assert client.get_object(Bucket=artifacts.prefix, Key=KEY)["Body"].read() == writer.encode()


def test_the_account_itself_may(artifacts: Artifacts) -> None:
    artifacts.root.put_object(Bucket=artifacts.prefix, Key=KEY, Body=b"root")


@pytest.mark.parametrize(
    "write",
    [
        lambda s3, bucket: s3.put_object(Bucket=bucket, Key=KEY, Body=b"mine"),
        lambda s3, bucket: s3.copy_object(Bucket=bucket, Key=KEY, CopySource={"Bucket": bucket, "Key": "code/mine"}),
        lambda s3, bucket: s3.create_multipart_upload(Bucket=bucket, Key=KEY),
    ],
    ids=["put", "copy", "multipart"],
)
def test_nobody_else_may_whatever_their_role_allows(
    artifacts: Artifacts, other: Any, write: Callable[[Any, str], Any]
) -> None:
    artifacts.root.put_object(Bucket=artifacts.prefix, Key=KEY, Body=b"recorded")
    other.put_object(Bucket=artifacts.prefix, Key="code/mine", Body=b"mine")
    with pytest.raises(ClientError) as refused:
        write(other, artifacts.prefix)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert "s3:PutObject" in str(refused.value)
    assert "explicit deny in a resource-based policy" in str(refused.value)
    assert other.get_object(Bucket=artifacts.prefix, Key=KEY)["Body"].read() == b"recorded"
