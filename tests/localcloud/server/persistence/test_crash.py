"""A `kill -9` of the daemon loses nothing that was acknowledged, to the last id and time of it.

Each service is looked at three times: as it is, after a kill that comes before any snapshot (the journal is replayed),
and after a clean stop (the snapshot is read).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from mlstack_localcloud import control
from mlstack_localcloud.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ACCOUNT = "000000000000"
POLICY = '{"Version": "2012-10-17", "Statement": []}'


@dataclass
class Cloud:
    """A local cloud of its own, to be killed."""

    home: Path

    def __call__(self, service: str) -> Any:
        keys = json.loads(Home(self.home).keys_file.read_text())
        status = control.status(self.home)
        assert status is not None
        return boto3.Session(keys["access_key_id"], keys["secret_access_key"]).client(
            service,
            region_name="us-east-1",
            endpoint_url=status.endpoint_url,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def kill(self) -> None:
        status = control.status(self.home)
        assert status is not None
        os.kill(status.pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while control.status(self.home) is not None and time.monotonic() < deadline:
            time.sleep(0.01)

    def start(self) -> None:
        control.start(self.home, timeout=120)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    cloud = Cloud(tmp_path_factory.mktemp("killed"))
    cloud.start()
    yield cloud
    control.stop(cloud.home)


NOTIFICATION = {
    "NotificationType": "ACTUAL",
    "ComparisonOperator": "GREATER_THAN",
    "Threshold": 80.0,
    "ThresholdType": "PERCENTAGE",
}


def _bare(answer: Any) -> Any:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _make_objects(cloud: Cloud) -> None:
    objects = cloud("s3")
    objects.create_bucket(Bucket="kept")
    objects.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    objects.put_object(Bucket="kept", Key="a ü", Body=b"1" * 10_000, Metadata={"my_key": "v"}, ContentType="text/csv")
    objects.put_object(Bucket="kept", Key="a ü", Body=b"2", ServerSideEncryption="aws:kms")
    objects.put_object_tagging(Bucket="kept", Key="a ü", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    objects.put_object(Bucket="kept", Key="deleted", Body=b"3")
    objects.delete_object(Bucket="kept", Key="deleted")
    objects.put_object(Bucket="kept", Key="empty", Body=b"")
    objects.upload_fileobj(io.BytesIO(bytes(range(256)) * 80_000), "kept", "in parts")
    objects.copy_object(Bucket="kept", Key="copy", CopySource={"Bucket": "kept", "Key": "in parts"})
    upload = objects.create_multipart_upload(Bucket="kept", Key="unfinished")["UploadId"]
    objects.upload_part(Bucket="kept", Key="unfinished", UploadId=upload, PartNumber=1, Body=b"x" * 6_000_000)


def _look_at_objects(cloud: Cloud) -> Any:
    objects = cloud("s3")
    versions = _bare(objects.list_object_versions(Bucket="kept"))
    contents = [
        hashlib.sha256(
            objects.get_object(Bucket="kept", Key=each["Key"], VersionId=each["VersionId"])["Body"].read()
        ).hexdigest()
        for each in versions["Versions"]
    ]
    tags = objects.get_object_tagging(Bucket="kept", Key="a ü")["TagSet"]
    uploads = objects.list_multipart_uploads(Bucket="kept")["Uploads"]
    parts = objects.list_parts(Bucket="kept", Key="unfinished", UploadId=uploads[0]["UploadId"])["Parts"]
    return [versions, contents, tags, _bare(objects.head_object(Bucket="kept", Key="a ü")), uploads, parts]


def _make_queues(cloud: Cloud) -> None:
    queues, topics = cloud("sqs"), cloud("sns")
    url = queues.create_queue(QueueName="kept")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:kept", "maxReceiveCount": 3})
    queues.create_queue(QueueName="kept-source", Attributes={"RedrivePolicy": redrive})
    topic = topics.create_topic(Name="kept")["TopicArn"]
    topics.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:kept")
    topics.publish(TopicArn=topic, Message="from the topic")
    for number in range(3):
        queues.send_message(QueueUrl=url, MessageBody=f"message {number}")
    received = queues.receive_message(QueueUrl=url)["Messages"][0]
    queues.delete_message(QueueUrl=url, ReceiptHandle=received["ReceiptHandle"])


def _look_at_queues(cloud: Cloud) -> Any:
    queues = cloud("sqs")
    attributes = [
        _bare(queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]))
        for url in queues.list_queues()["QueueUrls"]
    ]
    return [attributes, _bare(cloud("sns").list_topics()), _bare(cloud("sns").list_subscriptions())]


def _make_keys(cloud: Cloud) -> None:
    keys = cloud("kms")
    symmetric = keys.create_key(Description="symmetric", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"][
        "KeyId"
    ]
    keys.create_alias(AliasName="alias/kept", TargetKeyId=symmetric)
    keys.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY", Description="signing")
    sealed = keys.encrypt(KeyId=symmetric, Plaintext=b"a secret")["CiphertextBlob"]
    cloud("ssm").put_parameter(Name="/kept-keys/sealed", Value=sealed.hex(), Type="String")


def _look_at_keys(cloud: Cloud) -> Any:
    keys = cloud("kms")
    described = [keys.describe_key(KeyId=each["KeyId"])["KeyMetadata"] for each in keys.list_keys()["Keys"]]
    signing = next(each["KeyId"] for each in described if each["Description"] == "signing")
    sealed = bytes.fromhex(cloud("ssm").get_parameter(Name="/kept-keys/sealed")["Parameter"]["Value"])
    opened = keys.decrypt(CiphertextBlob=sealed)["Plaintext"]
    assert opened == b"a secret"
    return [described, _bare(keys.list_aliases()), keys.get_public_key(KeyId=signing)["PublicKey"]]


def _make_identities(cloud: Cloud) -> None:
    identities = cloud("iam")
    identities.create_role(RoleName="kept", AssumeRolePolicyDocument=POLICY, Tags=[{"Key": "k", "Value": "v"}])
    identities.put_role_policy(RoleName="kept", PolicyName="inline", PolicyDocument=POLICY.replace("[]", _ALLOW))
    identities.create_policy(PolicyName="kept", PolicyDocument=POLICY.replace("[]", _ALLOW))
    identities.attach_role_policy(RoleName="kept", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/kept")
    identities.create_user(UserName="kept")
    identities.create_access_key(UserName="kept")


_ALLOW = '[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]'


def _look_at_identities(cloud: Cloud) -> Any:
    identities = cloud("iam")
    return [
        _bare(identities.get_role(RoleName="kept")),
        _bare(identities.get_role_policy(RoleName="kept", PolicyName="inline")),
        _bare(identities.list_attached_role_policies(RoleName="kept")),
        _bare(identities.list_access_keys(UserName="kept")),
    ]


def _make_parameters(cloud: Cloud) -> None:
    parameters = cloud("ssm")
    for value in ("1", "2"):
        parameters.put_parameter(Name="/kept/a", Value=value, Type="String", Overwrite=True)
    parameters.put_parameter(Name="/kept/secret", Value="hidden", Type="SecureString")
    parameters.add_tags_to_resource(ResourceType="Parameter", ResourceId="/kept/a", Tags=[{"Key": "k", "Value": "v"}])


def _look_at_parameters(cloud: Cloud) -> Any:
    parameters = cloud("ssm")
    return [
        _bare(parameters.get_parameters_by_path(Path="/kept", WithDecryption=True)),
        _bare(parameters.get_parameter_history(Name="/kept/a")),
        _bare(parameters.list_tags_for_resource(ResourceType="Parameter", ResourceId="/kept/a")),
    ]


def _make_logs(cloud: Cloud) -> None:
    logs = cloud("logs")
    logs.create_log_group(logGroupName="/kept")
    logs.put_retention_policy(logGroupName="/kept", retentionInDays=30)
    logs.create_log_stream(logGroupName="/kept", logStreamName="s")
    now = int(time.time() * 1000)
    for batch in range(3):
        events = [{"timestamp": now + number, "message": f"{batch} {number}"} for number in range(50)]
        logs.put_log_events(logGroupName="/kept", logStreamName="s", logEvents=events)


def _look_at_logs(cloud: Cloud) -> Any:
    logs = cloud("logs")
    return [
        _bare(logs.get_log_events(logGroupName="/kept", logStreamName="s")),
        _bare(logs.describe_log_groups()),
        _bare(logs.describe_log_streams(logGroupName="/kept")),
    ]


def _make_rules(cloud: Cloud) -> None:
    events = cloud("events")
    events.put_rule(Name="kept", EventPattern='{"source": ["x"]}')
    events.put_targets(Rule="kept", Targets=[{"Id": "0", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:kept"}])


def _look_at_rules(cloud: Cloud) -> Any:
    return [_bare(cloud("events").list_rules()), _bare(cloud("events").list_targets_by_rule(Rule="kept"))]


def _make_repositories(cloud: Cloud) -> None:
    images = cloud("ecr")
    images.create_repository(repositoryName="kept/a", imageTagMutability="IMMUTABLE")
    rule = {
        "rulePriority": 1,
        "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1},
        "action": {"type": "expire"},
    }
    images.put_lifecycle_policy(repositoryName="kept/a", lifecyclePolicyText=json.dumps({"rules": [rule]}))


def _look_at_repositories(cloud: Cloud) -> Any:
    images = cloud("ecr")
    policy = images.get_lifecycle_policy(repositoryName="kept/a")["lifecyclePolicyText"]
    return [_bare(images.describe_repositories()), policy]


def _make_network(cloud: Cloud) -> None:
    network = cloud("ec2")
    vpc = network.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    network.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")
    network.create_security_group(GroupName="kept", Description="d", VpcId=vpc)
    network.create_key_pair(KeyName="kept")


def _look_at_network(cloud: Cloud) -> Any:
    network = cloud("ec2")
    calls = (
        network.describe_vpcs,
        network.describe_subnets,
        network.describe_security_groups,
        network.describe_key_pairs,
    )
    return [_bare(call()) for call in calls]


def _make_others(cloud: Cloud) -> None:
    cloud("secretsmanager").create_secret(Name="kept", SecretString="hidden")
    cloud("cloudwatch").put_metric_alarm(
        AlarmName="kept",
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
        Tags=[{"Key": "a", "Value": "1"}],
    )
    cloud("cloudwatch").set_alarm_state(AlarmName="kept", StateValue="ALARM", StateReason="a test")
    cloud("cloudwatch").put_metric_data(Namespace="kept", MetricData=[{"MetricName": "kept", "Value": 1.0}])
    cloud("cloudwatch").put_dashboard(DashboardName="kept", DashboardBody='{"widgets": []}')
    limit = {"Amount": "1", "Unit": "USD"}
    budget = {"BudgetName": "kept", "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    tags = [{"Key": "a", "Value": "1"}]
    cloud("budgets").create_budget(AccountId=ACCOUNT, Budget=budget, ResourceTags=tags)
    cloud("budgets").update_budget(AccountId=ACCOUNT, NewBudget={**budget, "BudgetLimit": {**limit, "Amount": "2"}})
    subscribers = [{"SubscriptionType": "EMAIL", "Address": "team@example.com"}]
    cloud("budgets").create_notification(
        AccountId=ACCOUNT, BudgetName="kept", Notification=NOTIFICATION, Subscribers=subscribers
    )
    monitor = {
        "MonitorName": "kept",
        "MonitorType": "CUSTOM",
        "MonitorSpecification": {"Tags": {"Key": "user:a", "Values": ["1"]}},
    }
    watched = cloud("ce").create_anomaly_monitor(AnomalyMonitor=monitor, ResourceTags=tags)["MonitorArn"]
    subscription = {
        "SubscriptionName": "kept",
        "Frequency": "DAILY",
        "MonitorArnList": [watched],
        "Subscribers": [{"Type": "EMAIL", "Address": "team@example.com"}],
    }
    cloud("ce").create_anomaly_subscription(AnomalySubscription=subscription)
    cloud("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/kept/variant/v",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=2,
    )


def _look_at_others(cloud: Cloud) -> Any:
    return [
        _bare(cloud("secretsmanager").get_secret_value(SecretId="kept")),
        _bare(cloud("cloudwatch").describe_alarms()),
        _bare(cloud("cloudwatch").list_metrics(Namespace="kept")),
        _bare(cloud("cloudwatch").get_dashboard(DashboardName="kept")),
        _bare(cloud("budgets").describe_budgets(AccountId=ACCOUNT)),
        _bare(
            cloud("budgets").describe_subscribers_for_notification(
                AccountId=ACCOUNT, BudgetName="kept", Notification=NOTIFICATION
            )
        ),
        _bare(cloud("budgets").list_tags_for_resource(ResourceARN=f"arn:aws:budgets::{ACCOUNT}:budget/kept")),
        _bare(cloud("ce").get_anomaly_monitors()),
        _bare(cloud("ce").get_anomaly_subscriptions()),
        _bare(cloud("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker")),
    ]


CASES: dict[str, tuple[Callable[[Cloud], None], Callable[[Cloud], Any]]] = {
    "objects": (_make_objects, _look_at_objects),
    "queues and topics": (_make_queues, _look_at_queues),
    "keys": (_make_keys, _look_at_keys),
    "identities": (_make_identities, _look_at_identities),
    "parameters": (_make_parameters, _look_at_parameters),
    "logs": (_make_logs, _look_at_logs),
    "rules": (_make_rules, _look_at_rules),
    "repositories": (_make_repositories, _look_at_repositories),
    "network": (_make_network, _look_at_network),
    "others": (_make_others, _look_at_others),
}


@pytest.mark.slow
def test_everything_is_there_after_a_kill_and_after_a_stop(cloud: Cloud) -> None:
    for make, _ in CASES.values():
        make(cloud)
    before = {name: look(cloud) for name, (_, look) in CASES.items()}
    cloud.kill()
    cloud.start()
    killed = {name: look(cloud) for name, (_, look) in CASES.items()}
    control.stop(cloud.home)
    cloud.start()
    stopped = {name: look(cloud) for name, (_, look) in CASES.items()}

    for name, seen in before.items():
        assert killed[name] == seen, name
        assert stopped[name] == seen, name


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_nothing_acknowledged(cloud: Cloud) -> None:
    """Two writers work on until the daemon is killed under them, five times; each change that was answered is there."""
    acknowledged: list[tuple[str, str]] = []
    cloud("s3").create_bucket(Bucket="moment")

    def work(name: str, parameters: Any, objects: Any) -> None:
        for number in range(10_000):
            key = f"{name}-{number}"
            try:
                parameters.put_parameter(Name=f"/moment/{key}", Value=key, Type="String")
                acknowledged.append(("parameter", key))
                objects.put_object(Bucket="moment", Key=key, Body=key.encode() * 500)
                acknowledged.append(("object", key))
            except (BotoCoreError, ClientError):
                return

    for turn in range(5):
        enough = len(acknowledged) + 30 + 17 * turn
        writers = [
            threading.Thread(target=work, args=(f"{name}-{turn}", cloud("ssm"), cloud("s3"))) for name in ("a", "b")
        ]
        for writer in writers:
            writer.start()
        deadline = time.monotonic() + 60
        while len(acknowledged) < enough and time.monotonic() < deadline:
            time.sleep(0.001)
        cloud.kill()
        for writer in writers:
            writer.join()
        cloud.start()

    assert len(acknowledged) > 300
    pages = cloud("ssm").get_paginator("get_parameters_by_path").paginate(Path="/moment")
    values = {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}
    objects = cloud("s3")
    for kind, key in acknowledged:
        if kind == "parameter":
            assert values[f"/moment/{key}"] == key
        else:
            assert objects.get_object(Bucket="moment", Key=key)["Body"].read() == key.encode() * 500


def test_keys_that_were_issued_before_a_kill_work_after_it(cloud: Cloud) -> None:
    keys = cloud("sts").get_session_token()["Credentials"]
    cloud.kill()
    cloud.start()
    status = control.status(cloud.home)
    assert status is not None
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    identity = session.client("sts", region_name="us-east-1", endpoint_url=status.endpoint_url).get_caller_identity()

    assert identity["Account"] == ACCOUNT


def test_a_deleted_object_leaves_no_content_behind(cloud: Cloud) -> None:
    objects = cloud("s3")
    objects.create_bucket(Bucket="swept")
    content = os.urandom(50_000)
    objects.put_object(Bucket="swept", Key="k", Body=content)
    digest = hashlib.sha256(content).hexdigest()
    stored = Home(cloud.home).blobs / digest[:2] / digest
    assert stored.read_bytes() == content
    objects.delete_object(Bucket="swept", Key="k")
    control.stop(cloud.home)
    cloud.start()

    assert not stored.exists()
    with pytest.raises(ClientError, match="NoSuchKey"):
        cloud("s3").get_object(Bucket="swept", Key="k")
