"""Requests of roles and users over the wire: allowed, or denied in the words and the shape of the service."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud import control

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..conftest import Wire

ACCOUNT = "000000000000"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
TRUST = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


class Role:
    """A role and its clients."""

    def __init__(self, wire: Wire, *statements: dict[str, Any], **options: Any) -> None:
        self.wire, self.name = wire, f"r-{uuid.uuid4().hex[:12]}"
        iam = wire.client("iam")
        trust = policy(options.pop("trust", TRUST))
        made = iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=trust, **options)
        self.arn: str = made["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=self.name, PolicyName="rights", PolicyDocument=policy(*statements))

    def client(self, service: str) -> Any:
        keys = self.wire.client("sts").assume_role(RoleArn=self.arn, RoleSessionName="job")["Credentials"]
        return self.wire.client(
            service,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def sentence(self, action: str, resource: str) -> str:
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.name}/job"
        return (
            f"User: {session} is not authorized to perform: {action} on resource: {resource} because no identity-based "
            f"policy allows the {action} action"
        )


def error_of(call: Callable[..., Any], **arguments: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    response = raised.value.response
    return response["Error"]["Code"], response["Error"]["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


ARN = f"arn:aws:{{}}:us-east-1:{ACCOUNT}:{{}}"
DENIALS = [
    ("s3", "get_object", {"Bucket": "b", "Key": "a/ü"}, "s3:GetObject", '"arn:aws:s3:::b/a/ü"', "AccessDenied", 403),
    ("s3", "list_buckets", {}, "s3:ListAllMyBuckets", '"*"', "AccessDenied", 403),
    (
        "s3",
        "put_bucket_lifecycle_configuration",
        {"Bucket": "b", "LifecycleConfiguration": {"Rules": []}},
        "s3:PutLifecycleConfiguration",
        '"arn:aws:s3:::b"',
        "AccessDenied",
        403,
    ),
    ("iam", "get_role", {"RoleName": "x"}, "iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/x", "AccessDenied", 403),
    ("ecr", "get_authorization_token", {}, "ecr:GetAuthorizationToken", "*", "AccessDeniedException", 400),
    (
        "ecr",
        "list_images",
        {"repositoryName": "weather"},
        "ecr:ListImages",
        ARN.format("ecr", "repository/weather"),
        "AccessDeniedException",
        400,
    ),
    (
        "logs",
        "create_log_stream",
        {"logGroupName": "/g", "logStreamName": "s"},
        "logs:CreateLogStream",
        ARN.format("logs", "log-group:/g:log-stream:s"),
        "AccessDeniedException",
        400,
    ),
    (
        "ssm",
        "get_parameter",
        {"Name": "/a/b"},
        "ssm:GetParameter",
        ARN.format("ssm", "parameter/a/b"),
        "AccessDeniedException",
        400,
    ),
    (
        "kms",
        "describe_key",
        {"KeyId": "12345678-1234-1234-1234-123456789012"},
        "kms:DescribeKey",
        ARN.format("kms", "key/12345678-1234-1234-1234-123456789012"),
        "AccessDeniedException",
        400,
    ),
    (
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "s"},
        "secretsmanager:GetSecretValue",
        ARN.format("secretsmanager", "secret:s-??????"),
        "AccessDeniedException",
        400,
    ),
    (
        "sns",
        "publish",
        {"TopicArn": ARN.format("sns", "t"), "Message": "m"},
        "sns:Publish",
        ARN.format("sns", "t"),
        "AuthorizationError",
        403,
    ),
    (
        "events",
        "put_events",
        {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]},
        "events:PutEvents",
        ARN.format("events", "event-bus/default"),
        "AccessDeniedException",
        400,
    ),
    (
        "cloudwatch",
        "describe_alarms",
        {"AlarmNames": ["a"]},
        "cloudwatch:DescribeAlarms",
        ARN.format("cloudwatch", "alarm:a"),
        "AccessDeniedException",
        400,
    ),
    (
        "sagemaker",
        "describe_training_job",
        {"TrainingJobName": "j"},
        "sagemaker:DescribeTrainingJob",
        ARN.format("sagemaker", "training-job/j"),
        "AccessDeniedException",
        400,
    ),
    ("sagemaker", "list_models", {}, "sagemaker:ListModels", "*", "AccessDeniedException", 400),
    (
        "sagemaker-runtime",
        "invoke_endpoint",
        {"EndpointName": "e", "Body": b""},
        "sagemaker:InvokeEndpoint",
        ARN.format("sagemaker", "endpoint/e"),
        "AccessDeniedException",
        403,
    ),
    (
        "sagemaker-featurestore-runtime",
        "get_record",
        {"FeatureGroupName": "f", "RecordIdentifierValueAsString": "1"},
        "sagemaker:GetRecord",
        ARN.format("sagemaker", "feature-group/f"),
        "AccessDeniedException",
        403,
    ),
    ("ec2", "describe_vpcs", {}, "ec2:DescribeVpcs", "*", "UnauthorizedOperation", 403),
]


@pytest.mark.parametrize("case", DENIALS, ids=[f"{each[0]}-{each[1]}" for each in DENIALS])
def test_a_denial_is_the_services_own(wire: Wire, case: tuple[Any, ...]) -> None:
    service, operation, arguments, action, resource, code, status = case
    role = Role(wire)
    answer = error_of(getattr(role.client(service), operation), **arguments)

    assert (answer[0], answer[2]) == (code, status)
    missing = "resource" if service == "kms" else "identity"
    assert answer[1] == role.sentence(action, resource).replace("no identity", f"no {missing}")


def test_a_role_may_do_what_its_policies_allow(wire: Wire) -> None:
    objects, bucket = wire.client("s3"), f"b-{uuid.uuid4()}"
    objects.create_bucket(Bucket=bucket)
    objects.put_object(Bucket=bucket, Key="in/a", Body=b"1")
    inside = {"StringLike": {"s3:prefix": "in/*"}}
    role = Role(wire, allow("s3:GetObject", f"arn:aws:s3:::{bucket}/in/*"))
    iam = wire.client("iam")
    listing = policy(allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", Condition=inside))
    managed = iam.create_policy(PolicyName=role.name, PolicyDocument=listing)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role.name, PolicyArn=managed)
    client = role.client("s3")

    assert client.get_object(Bucket=bucket, Key="in/a")["Body"].read() == b"1"
    assert client.list_objects_v2(Bucket=bucket, Prefix="in/")["KeyCount"] == 1
    assert error_of(client.list_objects_v2, Bucket=bucket, Prefix="out/")[0] == "AccessDenied"
    assert error_of(client.put_object, Bucket=bucket, Key="in/a", Body=b"2")[0] == "AccessDenied"
    # Without the right to list the bucket, what is not there is denied.
    denied = error_of(client.get_object, Bucket=bucket, Key="in/b")
    assert (denied[0], denied[2]) == ("AccessDenied", 403)
    assert "s3:ListBucket" in denied[1]


def test_a_boundary_and_what_it_leaves(wire: Wire) -> None:
    boundary = wire.client("iam").create_policy(PolicyName=f"p-{uuid.uuid4()}", PolicyDocument=policy(allow("s3:*")))[
        "Policy"
    ]["Arn"]
    role = Role(wire, allow("*"), PermissionsBoundary=boundary)

    role.client("s3").list_buckets()
    assert (
        "because no permissions boundary allows the ssm:PutParameter action"
        in error_of(role.client("ssm").put_parameter, Name="x", Value="y", Type="String")[1]
    )


def test_a_bucket_policy_allows_denies_and_binds_the_root(wire: Wire) -> None:
    objects, bucket = wire.client("s3"), f"b-{uuid.uuid4()}"
    objects.create_bucket(Bucket=bucket)
    objects.put_object(Bucket=bucket, Key="a", Body=b"1")
    role, other = Role(wire), Role(wire, allow("s3:*"))
    everything = f"arn:aws:s3:::{bucket}/*"
    no_tls = {"Bool": {"aws:SecureTransport": "false"}}
    objects.put_bucket_policy(
        Bucket=bucket,
        Policy=policy(
            {**allow("s3:GetObject", everything), "Principal": {"AWS": role.arn}},
            {"Effect": "Deny", "Action": "s3:*", "Resource": everything, "Principal": "*", "Condition": no_tls},
            {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": everything, "Principal": "*"},
        ),
    )

    assert role.client("s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"
    assert other.client("s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"
    for client in (other.client("s3"), objects):
        assert (
            "with an explicit deny in a resource-based policy"
            in error_of(client.delete_object, Bucket=bucket, Key="a")[1]
        )
    assert objects.get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"


def test_the_root_can_repair_a_policy_that_shuts_everybody_out(wire: Wire) -> None:
    objects, bucket = wire.client("s3"), f"b-{uuid.uuid4()}"
    objects.create_bucket(Bucket=bucket)
    arns = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    shut = policy({"Effect": "Deny", "Action": "s3:*", "Resource": arns, "Principal": "*"})
    objects.put_bucket_policy(Bucket=bucket, Policy=shut)

    assert error_of(objects.list_objects_v2, Bucket=bucket)[0] == "AccessDenied"
    objects.delete_bucket_policy(Bucket=bucket)
    assert objects.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_encrypted_objects_take_the_key_as_well(wire: Wire) -> None:
    objects, bucket = wire.client("s3"), f"b-{uuid.uuid4()}"
    key = wire.client("kms").create_key()["KeyMetadata"]["Arn"]
    objects.create_bucket(Bucket=bucket)
    through_s3 = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    store = allow("s3:*", f"arn:aws:s3:::{bucket}/*")
    writer = Role(wire, store, allow("kms:GenerateDataKey", key, Condition=through_s3)).client("s3")
    reader = Role(wire, store, allow("kms:Decrypt", key, Condition=through_s3)).client("s3")
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}

    writer.put_object(Bucket=bucket, Key="a", Body=b"1", **encrypted)
    assert reader.get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"
    assert f"kms:Decrypt on resource: {key}" in error_of(writer.get_object, Bucket=bucket, Key="a")[1]
    assert (
        f"kms:GenerateDataKey on resource: {key}"
        in error_of(reader.put_object, Bucket=bucket, Key="a", Body=b"1", **encrypted)[1]
    )


def test_a_key_policy_that_names_nobody_shuts_everybody_out(wire: Wire) -> None:
    administration = {**allow(["kms:DescribeKey", "kms:PutKeyPolicy"]), "Principal": {"AWS": ROOT}}
    key = wire.client("kms").create_key(Policy=policy(administration))["KeyMetadata"]["Arn"]
    role = Role(wire, allow("kms:*"))

    role.client("kms").describe_key(KeyId=key)
    assert (
        "because no resource-based policy allows the kms:Encrypt action"
        in error_of(role.client("kms").encrypt, KeyId=key, Plaintext=b"x")[1]
    )


def test_a_queues_and_a_groups_policy_count(wire: Wire) -> None:
    role = Role(wire)
    own = {"Principal": {"AWS": role.arn}}
    name = f"q-{uuid.uuid4()}"
    queue_policy = policy({**allow("sqs:SendMessage", ARN.format("sqs", name)), **own})
    url = wire.client("sqs").create_queue(QueueName=name, Attributes={"Policy": queue_policy})["QueueUrl"]
    wire.client("sagemaker").create_model_package_group(ModelPackageGroupName=name)
    group = policy(
        {**allow("sagemaker:ListModelPackages", ARN.format("sagemaker", f"model-package-group/{name}")), **own}
    )
    wire.client("sagemaker").put_model_package_group_policy(ModelPackageGroupName=name, ResourcePolicy=group)

    role.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    assert error_of(role.client("sqs").receive_message, QueueUrl=url)[0].endswith("AccessDeniedException")
    client = role.client("sagemaker")
    assert client.list_model_packages(ModelPackageGroupName=name)["ModelPackageSummaryList"] == []
    assert error_of(client.describe_model_package_group, ModelPackageGroupName=name)[0] == "AccessDeniedException"


def test_assuming_a_role_takes_both_sides(wire: Wire) -> None:
    target = Role(wire, allow("s3:ListAllMyBuckets"))
    assumes = Role(wire, allow("sts:AssumeRole", target.arn))
    stranger = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    closed = Role(wire, trust=stranger)

    assumes.client("sts").assume_role(RoleArn=target.arn, RoleSessionName="next")
    assert (
        error_of(Role(wire).client("sts").assume_role, RoleArn=target.arn, RoleSessionName="next")[0] == "AccessDenied"
    )
    wide = Role(wire, allow("sts:AssumeRole"))
    answer = error_of(wide.client("sts").assume_role, RoleArn=closed.arn, RoleSessionName="next")
    assert "because no resource-based policy allows the sts:AssumeRole action" in answer[1]


def test_a_user_has_its_own_and_its_groups_policies(wire: Wire) -> None:
    iam, name = wire.client("iam"), f"u-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    iam.create_group(GroupName=name)
    iam.add_user_to_group(GroupName=name, UserName=name)
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=policy(allow("s3:ListAllMyBuckets")))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}

    wire.client("s3", **keys).list_buckets()
    code, message, _ = error_of(wire.client("iam", **keys).list_users)
    assert code == "AccessDenied"
    assert f"User: arn:aws:iam::{ACCOUNT}:user/{name} is not authorized" in message


def test_a_presigned_address_has_the_rights_of_who_signed_it(wire: Wire) -> None:
    bucket = f"b-{uuid.uuid4()}"
    wire.client("s3").create_bucket(Bucket=bucket)
    address = Role(wire).client("s3").generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"})

    answer = wire.send("GET", address.partition(f":{wire.port}")[2])
    assert answer.status == 403
    assert b"<Code>AccessDenied</Code>" in answer.body
    assert b"is not authorized to perform: s3:GetObject" in answer.body


def test_an_unknown_condition_is_refused_by_name(wire: Wire) -> None:
    role = Role(wire, allow("s3:ListAllMyBuckets", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}))

    assert (
        "because the local cloud does not evaluate the condition key aws:ResourceTag/team"
        in error_of(role.client("s3").list_buckets)[1]
    )


def test_policies_are_evaluated_after_a_restart(wire: Wire, tmp_path: Any) -> None:
    home = tmp_path / "mlstack"
    try:
        allowed, limited = _two_roles(type(wire)(*_address(home)))
        control.stop(home)
        again = type(wire)(*_address(home))
        for role in (allowed, limited):
            role.wire = again
        allowed.client("s3").list_buckets()
        assert error_of(allowed.client("ssm").describe_parameters)[0] == "AccessDeniedException"
        assert "permissions boundary" in error_of(limited.client("s3").list_buckets)[1]
        assert error_of(again.client("s3").list_objects_v2, Bucket="shut")[0] == "AccessDenied"
    finally:
        control.stop(home)


def _two_roles(wire: Wire) -> tuple[Role, Role]:
    boundary = wire.client("iam").create_policy(PolicyName="none", PolicyDocument=policy(allow("ssm:*")))
    shut = {"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::shut"}
    wire.client("s3").create_bucket(Bucket="shut")
    wire.client("s3").put_bucket_policy(Bucket="shut", Policy=policy(shut))
    return Role(wire, allow("s3:*")), Role(wire, allow("s3:*"), PermissionsBoundary=boundary["Policy"]["Arn"])


def _address(home: Any) -> tuple[int, str, str]:
    from mlstack_localcloud.home import Home

    status = control.start(home)
    keys = json.loads(Home(home).keys_file.read_text())
    return status.port, keys["access_key_id"], keys["secret_access_key"]


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("sns", "publish", {"PhoneNumber": "+100", "Message": "m"}),
        ("sns", "publish", {"TopicArn": f"arn:aws:sns:nowhere-1:{ACCOUNT}:t", "Message": "m"}),
        ("kms", "decrypt", {"CiphertextBlob": b"x", "KeyId": f"arn:aws:kms:nowhere-1:{ACCOUNT}:alias/a"}),
        ("s3", "copy_object", {"Bucket": "b", "Key": "k", "CopySource": "b/other"}),
        ("ssm", "get_parameters", {"Names": ["a", "/b"]}),
    ],
)
def test_what_is_not_there_is_denied_like_anything_else(
    wire: Wire, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    code, message, _ = error_of(getattr(Role(wire).client(service), operation), **arguments)

    assert code in {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
    assert "is not authorized to perform: " in message


def test_members_of_another_shape_are_denied(wire: Wire) -> None:
    role = Role(wire)
    keys = wire.client("sts").assume_role(RoleArn=role.arn, RoleSessionName="job")["Credentials"]
    headers = {"X-Amz-Target": "AmazonSSM.GetParameter", "X-Amz-Security-Token": keys["SessionToken"]}
    own = type(wire)(wire.port, keys["AccessKeyId"], keys["SecretAccessKey"])
    body = b'{"Name": {"a": 1}}'
    answer = own.send("POST", "/", body, own.sign("ssm", "POST", "/", body, headers))

    assert answer.status == 400
    assert json.loads(answer.body)["__type"] == "AccessDeniedException"
