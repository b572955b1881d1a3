"""Several accounts in one local cloud, through boto3: apart, and open to each other where both sides say so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud import control
from mlstack_localcloud.account_home import AccountHome, known_accounts
from mlstack_localcloud.home import ACCOUNT, Home
from mlstack_localcloud.keys import ensure_keys

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Wire

A, B = "111111111111", "222222222222"


class Account:
    """Clients of one account with its root key."""

    def __init__(self, wire: Wire, home: Path, account: str) -> None:
        key = ensure_keys(Home(home)).root_key(account)
        self.account = account
        self._wire = wire
        self._keys = {"aws_access_key_id": key.access_key_id, "aws_secret_access_key": key.secret_access_key}

    def client(self, service: str, **keys: Any) -> Any:
        return self._wire.client(service, **(keys or self._keys))

    def role(self, name: str, trusted: str, *statements: dict[str, Any]) -> str:
        """Make a role that the root of an account may take; its ARN."""
        iam = self.client("iam")
        trust = allow("sts:AssumeRole", principal=trusted)
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*statements))
        return arn

    def assume(self, role: str) -> dict[str, str]:
        keys = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }


def allow(*actions: str, resource: Any = None, principal: str | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions)}
    statement |= {} if resource is None else {"Resource": resource}
    return statement | ({} if principal is None else {"Principal": {"AWS": f"arn:aws:iam::{principal}:root"}})


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def refused(error: pytest.ExceptionInfo[ClientError]) -> str:
    code: str = error.value.response["Error"]["Code"]
    assert code in {"AccessDenied", "AccessDeniedException"}
    return str(error.value)


@pytest.fixture
def a(wire: Wire, local_cloud: control.DaemonStatus) -> Account:
    return Account(wire, local_cloud.home, A)


@pytest.fixture
def b(wire: Wire, local_cloud: control.DaemonStatus) -> Account:
    return Account(wire, local_cloud.home, B)


def test_a_key_is_of_its_account(a: Account, b: Account) -> None:
    for each in (a, b):
        identity = each.client("sts").get_caller_identity()
        assert (identity["Account"], identity["Arn"]) == (each.account, f"arn:aws:iam::{each.account}:root")


def test_a_key_with_the_number_of_another_account_is_none(wire: Wire, local_cloud: control.DaemonStatus) -> None:
    keys = ensure_keys(Home(local_cloud.home))
    forged = keys.root_key(A).access_key_id[:12] + keys.root_key(B).access_key_id[12:]
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        wire.client("sts", aws_access_key_id=forged, aws_secret_access_key="s" * 40).get_caller_identity()


def test_nothing_of_one_account_is_seen_in_another(a: Account, b: Account) -> None:
    a.client("s3").create_bucket(Bucket="accounts-apart")
    a.client("iam").create_role(RoleName="accounts-apart", AssumeRolePolicyDocument=policy(allow("sts:AssumeRole")))
    a.client("ssm").put_parameter(Name="/accounts/apart", Value="a", Type="String")
    a.client("sqs").create_queue(QueueName="accounts-apart")
    group = a.client("sagemaker").create_model_package_group(ModelPackageGroupName="accounts-apart")
    a.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/accounts-apart/variant/v",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=2,
    )

    assert group["ModelPackageGroupArn"].split(":")[4] == A
    assert "accounts-apart" not in {each["Name"] for each in b.client("s3").list_buckets()["Buckets"]}
    assert "accounts-apart" not in {each["RoleName"] for each in b.client("iam").list_roles()["Roles"]}
    with pytest.raises(ClientError, match="ParameterNotFound"):
        b.client("ssm").get_parameter(Name="/accounts/apart")
    with pytest.raises(ClientError, match="NonExistentQueue"):
        b.client("sqs").get_queue_url(QueueName="accounts-apart")
    groups = b.client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert "accounts-apart" not in {each["ModelPackageGroupName"] for each in groups}
    b.client("sagemaker").create_model_package_group(ModelPackageGroupName="accounts-apart")
    targets = b.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker")
    assert targets["ScalableTargets"] == []
    with pytest.raises(ClientError, match="BucketAlreadyExists"):
        b.client("s3").create_bucket(Bucket="accounts-apart")


def test_a_role_of_another_account_is_taken_where_it_trusts(a: Account, b: Account) -> None:
    trusting = b.role("accounts-trusting", A)
    closed = b.role("accounts-closed", B)
    found = a.client("sts", **a.assume(trusting)).get_caller_identity()
    assert found["Arn"] == f"arn:aws:sts::{B}:assumed-role/accounts-trusting/test"
    with pytest.raises(ClientError) as error:
        a.assume(closed)
    assert "no resource-based policy" in refused(error)


def test_a_bucket_of_another_account_takes_both_policies(a: Account, b: Account) -> None:
    name, everything = "accounts-shared", ["arn:aws:s3:::accounts-shared", "arn:aws:s3:::accounts-shared/*"]
    a.client("s3").create_bucket(Bucket=name)
    a.client("s3").put_object(Bucket=name, Key="k", Body=b"content")
    allowed = b.assume(b.role("accounts-reader", B, allow("s3:GetObject", resource=everything)))
    forgotten = b.assume(b.role("accounts-forgotten", B, allow("s3:GetObject", resource="arn:aws:s3:::other/*")))

    for keys in ({}, allowed):
        with pytest.raises(ClientError) as error:
            b.client("s3", **keys).get_object(Bucket=name, Key="k")
        assert "no resource-based policy allows the s3:GetObject" in refused(error)
    shared = policy(allow("s3:GetObject", resource=everything, principal=B))
    a.client("s3").put_bucket_policy(Bucket=name, Policy=shared)
    for keys in ({}, allowed):
        assert b.client("s3", **keys).get_object(Bucket=name, Key="k")["Body"].read() == b"content"
    with pytest.raises(ClientError) as error:
        b.client("s3", **forgotten).get_object(Bucket=name, Key="k")
    assert "no identity-based policy allows the s3:GetObject" in refused(error)


def test_a_key_of_another_account_takes_its_policy(a: Account, b: Account) -> None:
    key = a.client("kms").create_key()["KeyMetadata"]["Arn"]
    with pytest.raises(ClientError) as error:
        b.client("kms").encrypt(KeyId=key, Plaintext=b"x")
    assert "no resource-based policy" in refused(error)
    statements = (allow("kms:*", resource="*", principal=A), allow("kms:Encrypt", resource="*", principal=B))
    a.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy(*statements))
    assert b.client("kms").encrypt(KeyId=key, Plaintext=b"x")["KeyId"] == key
    with pytest.raises(ClientError):
        b.client("kms").decrypt(
            KeyId=key, CiphertextBlob=b.client("kms").encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        )


def test_versions_of_another_account_take_the_groups_policy(a: Account, b: Account) -> None:
    registry = a.client("sagemaker")
    group = registry.create_model_package_group(ModelPackageGroupName="accounts-group")["ModelPackageGroupArn"]
    version = registry.create_model_package(ModelPackageGroupName="accounts-group")["ModelPackageArn"]
    reader = b.client("sagemaker")
    calls = (
        lambda: reader.describe_model_package(ModelPackageName=version)["ModelPackageArn"],
        lambda: reader.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"][0][
            "ModelPackageArn"
        ],
    )
    for call in calls:
        with pytest.raises(ClientError) as error:
            call()
        assert "no resource-based policy" in refused(error)

    versions = f"{group.replace(':model-package-group/', ':model-package/')}/*"
    readable = allow(
        "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages", resource=[group, versions], principal=B
    )
    registry.put_model_package_group_policy(ModelPackageGroupName="accounts-group", ResourcePolicy=policy(readable))
    assert [call() for call in calls] == [version, version]
    with pytest.raises(ClientError) as error:
        reader.update_model_package(ModelPackageArn=version, ModelApprovalStatus="Approved")
    refused(error)


def test_credentials_of_an_account_are_its_users_alone(tmp_path: Path) -> None:
    variables = control.client_environment(tmp_path, B)
    files = AccountHome(Home(tmp_path), B)
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == str(files.aws_credentials_file)
    assert variables["AWS_ACCOUNT_ID"] == B
    assert files.aws_credentials_file.stat().st_mode & 0o777 == 0o600
    assert files.root.stat().st_mode & 0o777 == 0o700
    assert known_accounts(Home(tmp_path)) == [ACCOUNT, B]


def test_accounts_are_there_after_a_restart(tmp_path: Path, wire: Wire) -> None:
    def account(status: control.DaemonStatus) -> Account:
        return Account(type(wire)(status.port, "", ""), tmp_path, B)

    try:
        before = account(control.start(tmp_path))
        before.client("s3").create_bucket(Bucket="kept")
        before.client("s3").put_object(Bucket="kept", Key="k", Body=b"content")
        before.client("sagemaker").create_model_package_group(ModelPackageGroupName="kept")
        control.stop(tmp_path)
        after = account(control.start(tmp_path))
        assert after.client("s3").get_object(Bucket="kept", Key="k")["Body"].read() == b"content"
        after.client("sagemaker").describe_model_package_group(ModelPackageGroupName="kept")
        key = ensure_keys(Home(tmp_path)).root_key(ACCOUNT)
        own = {"aws_access_key_id": key.access_key_id, "aws_secret_access_key": key.secret_access_key}
        with pytest.raises(ClientError, match="BucketAlreadyExists"):
            after.client("s3", **own).create_bucket(Bucket="kept")
    finally:
        control.stop(tmp_path)


def test_events_reach_a_bus_of_another_account_whose_policy_lets_them_in(a: Account, b: Account) -> None:
    bus = b.client("events").create_event_bus(Name="accounts-bus")["EventBusArn"]
    queues = {each.account: each.client("sqs") for each in (a, b)}
    urls = {account: client.create_queue(QueueName="accounts-events")["QueueUrl"] for account, client in queues.items()}
    for account, client in queues.items():
        own = allow("sqs:SendMessage", resource=f"arn:aws:sqs:us-east-1:{account}:accounts-events")
        own["Principal"] = {"Service": "events.amazonaws.com"}
        client.set_queue_attributes(QueueUrl=urls[account], Attributes={"Policy": policy(own)})
    pattern = json.dumps({"source": ["accounts"]})
    dead = {"DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{A}:accounts-events"}}
    a.client("events").put_rule(Name="accounts-out", EventPattern=pattern)
    a.client("events").put_targets(Rule="accounts-out", Targets=[{"Id": "0", "Arn": bus, **dead}])
    b.client("events").put_rule(Name="accounts-in", EventPattern=pattern, EventBusName="accounts-bus")
    b.client("events").put_targets(
        Rule="accounts-in",
        EventBusName="accounts-bus",
        Targets=[{"Id": "0", "Arn": f"arn:aws:sqs:us-east-1:{B}:accounts-events"}],
    )

    def told(number: int) -> dict[str, list[Any]]:
        entry = {"Source": "accounts", "DetailType": "Test", "Detail": json.dumps({"n": number})}
        a.client("events").put_events(Entries=[entry])
        received = {
            account: client.receive_message(QueueUrl=urls[account], MessageAttributeNames=["All"]).get("Messages", [])
            for account, client in queues.items()
        }
        for account, messages in received.items():
            for message in messages:
                queues[account].delete_message(QueueUrl=urls[account], ReceiptHandle=message["ReceiptHandle"])
        return received

    refusal = told(1)
    assert refusal[B] == []
    assert refusal[A][0]["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    b.client("events").put_permission(
        EventBusName="accounts-bus", Action="events:PutEvents", Principal=A, StatementId="registry"
    )
    delivery = told(2)
    assert delivery[A] == []
    (message,) = delivery[B]
    assert (json.loads(message["Body"])["account"], json.loads(message["Body"])["detail"]) == (A, {"n": 2})
