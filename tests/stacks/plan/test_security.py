"""No resource of any stack breaks a rule, and each rule sees what breaks it: its property taken away by a transform."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.security import RULES, run_rules
from mlstack_stacks.platform.load import load_platform
from mlstack_stacks.spec import load

from ..test_role_statements import PLATFORM, SPECIFICATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_stacks.plan.resources import PlannedResource

_PLANNED: dict[str, tuple[PlannedResource, ...]] = {}


@pytest.fixture
def planned(write_project: Callable[..., Path]) -> Callable[[str], tuple[PlannedResource, ...]]:
    """The resources of a specification; each is planned once."""

    def run(name: str) -> tuple[PlannedResource, ...]:
        if name not in _PLANNED:
            _PLANNED[name] = _platform() if name == "platform" else _project(write_project(SPECIFICATIONS[name]))
        return _PLANNED[name]

    return run


def _project(file: Path) -> tuple[PlannedResource, ...]:
    infra = file.absolute().parent / "infra"
    infra.mkdir()
    (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
    (infra / "__main__.py").write_text("from mlstack_stacks import Project\nProject.from_spec('../mlstack.yaml')\n")
    return tuple(check(load(file, "dev"), infra).resources)


def _platform() -> tuple[PlannedResource, ...]:
    Path("platform.yaml").write_text(PLATFORM)
    Path("Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    Path("__main__.py").write_text(
        "from mlstack_stacks.platform import Platform\nPlatform.from_spec('platform.yaml')\n"
    )
    return tuple(check(load_platform(Path("platform.yaml"), "prod"), Path()).resources)


@pytest.mark.parametrize("name", [*SPECIFICATIONS, "platform"])
def test_nothing_breaks_a_rule(planned: Callable[[str], tuple[PlannedResource, ...]], name: str) -> None:
    assert [str(each) for each in run_rules(planned(name))] == []


def _policy(**changes: Any) -> str:
    allows = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"], **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [allows]})


GONE = "the resource itself is not registered"
# (rule, specification, type, what a transform makes of its properties)
BREAKS: list[tuple[str, str, str, Any]] = [
    ("alarms_act", "everything", "aws:cloudwatch/metricAlarm:MetricAlarm", {"alarmActions": None}),
    (
        "buckets_closed",
        "everything",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"blockPublicAcls": False},
    ),
    ("buckets_closed", "everything", "aws:s3/bucketOwnershipControls:BucketOwnershipControls", GONE),
    ("buckets_closed", "everything", "aws:s3/bucketPolicy:BucketPolicy", GONE),
    (
        "buckets_encrypted",
        "everything",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {"rules": []},
    ),
    ("buckets_kept", "everything", "aws:s3/bucketVersioning:BucketVersioning", GONE),
    ("buckets_kept", "everything", "aws:s3/bucketLogging:BucketLogging", GONE),
    ("buckets_kept", "everything", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", GONE),
    ("buckets_kept", "everything", "aws:s3/bucket:Bucket", {"forceDestroy": True}),
    ("builds_unprivileged", "everything", "aws:codebuild/project:Project", {"environment": {"privilegedMode": True}}),
    ("builds_unprivileged", "everything", "aws:codebuild/project:Project", {"logsConfig": None}),
    ("builds_unprivileged", "everything", "aws:codebuild/project:Project", {"encryptionKey": None}),
    (
        "builds_unprivileged",
        "everything",
        "aws:codebuild/project:Project",
        {"environment": {"environmentVariables": [{"name": "API_TOKEN", "value": "x"}]}},
    ),
    (
        "endpoints_encrypted",
        "everything",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        {"kmsKeyArn": None},
    ),
    (
        "endpoints_encrypted",
        "everything",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        {"dataCaptureConfig": {"enableCapture": True}},
    ),
    ("events_dead_letters", "everything", "aws:cloudwatch/eventTarget:EventTarget", {"deadLetterConfig": None}),
    (
        "features_encrypted",
        "everything",
        "aws:sagemaker/featureGroup:FeatureGroup",
        {"onlineStoreConfig": {"enableOnlineStore": True}},
    ),
    (
        "features_encrypted",
        "everything",
        "aws:sagemaker/featureGroup:FeatureGroup",
        {"offlineStoreConfig": {"s3StorageConfig": {}}},
    ),
    ("images_immutable", "everything", "aws:ecr/repository:Repository", {"imageTagMutability": "MUTABLE"}),
    ("images_immutable", "everything", "aws:ecr/repository:Repository", {"imageScanningConfiguration": None}),
    ("images_immutable", "everything", "aws:ecr/repository:Repository", {"encryptionConfigurations": []}),
    ("images_immutable", "everything", "aws:ecr/lifecyclePolicy:LifecyclePolicy", GONE),
    ("keys_rotate", "everything", "aws:kms/key:Key", {"enableKeyRotation": False}),
    ("keys_rotate", "everything", "aws:kms/key:Key", {"deletionWindowInDays": 7}),
    ("keys_rotate", "everything", "aws:kms/key:Key", {"policy": _policy(Action="kms:*")}),
    ("logs_encrypted", "everything", "aws:cloudwatch/logGroup:LogGroup", {"kmsKeyId": None}),
    ("logs_encrypted", "everything", "aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": None}),
    ("messages_encrypted", "everything", "aws:sns/topic:Topic", {"kmsMasterKeyId": None}),
    ("messages_encrypted", "everything", "aws:sqs/queue:Queue", {"kmsMasterKeyId": None}),
    ("messages_encrypted", "everything", "aws:sqs/queuePolicy:QueuePolicy", {"policy": _policy()}),
    ("models_isolated", "everything", "aws:sagemaker/model:Model", {"enableNetworkIsolation": False}),
    (
        "monitors_isolated",
        "everything",
        "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
        {"networkConfig": None},
    ),
    (
        "monitors_isolated",
        "everything",
        "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
        {"jobResources": {"clusterConfig": {}}},
    ),
    ("network_closed", "everything", "aws:ec2/flowLog:FlowLog", GONE),
    ("network_closed", "everything", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", GONE),
    ("network_closed", "platform", "aws:ec2/subnet:Subnet", {"mapPublicIpOnLaunch": True}),
    ("network_closed", "platform", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"description": None}),
    (
        "network_closed",
        "platform",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"cidrIpv4": "0.0.0.0/0"},
    ),
    ("roles_scoped", "everything", "aws:iam/role:Role", {"assumeRolePolicy": _policy(Principal={"Service": "x"})}),
    (
        "roles_scoped",
        "everything",
        "aws:iam/role:Role",
        {"managedPolicyArns": ["arn:aws:iam::aws:policy/S3FullAccess"]},
    ),
    ("roles_scoped", "platform", "aws:iam/policy:Policy", {"policy": _policy(Action=["s3:*"])}),
    ("roles_scoped", "platform", "aws:iam/policy:Policy", {"policy": _policy(Action=["iam:PassRole"])}),
    ("tags_present", "everything", "aws:s3/bucket:Bucket", {"tags": {"owner": "me"}}),
]


@pytest.mark.parametrize(("rule", "name", "kind", "change"), BREAKS)
def test_a_rule_sees_what_breaks_it(
    planned: Callable[[str], tuple[PlannedResource, ...]], rule: str, name: str, kind: str, change: Any
) -> None:
    resources = list(planned(name))
    if change == GONE:
        broken = [each for each in resources if each.type != kind]
    else:
        place = next(number for number, each in enumerate(resources) if each.type == kind)
        properties = {**resources[place].properties, **change}
        broken = [*resources]
        broken[place] = replace(resources[place], properties=properties)
    assert {each.rule for each in run_rules(broken)} == {rule}


def test_each_rule_is_seen_to_be_broken() -> None:
    assert sorted(RULES) == sorted({rule for rule, *_ in BREAKS})
