"""From requests to actions, resources and condition keys."""

from __future__ import annotations

from typing import Any

import pytest
from mlstack_localcloud.home import ACCOUNT
from mlstack_localcloud.server.authorization.access import Place, UnknownActionError
from mlstack_localcloud.server.authorization.action_of import accesses_of
from mlstack_localcloud.server.authorization.services import sagemaker
from mlstack_localcloud.server.caller import Caller
from mlstack_localcloud.server.signature import Identified
from mlstack_localcloud.server.wire import WireRequest

HERE = Place(ACCOUNT, "us-east-1")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def needed(service: str, method: str, uri: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Any:
    path, _, query = uri.partition("?")
    identified = Identified(Caller(ACCOUNT, "us-east-1", "arn", "key"), service)
    return accesses_of(WireRequest(method, path, query, headers or {}, body, {}), identified)


def names(service: str, method: str, uri: str, **more: Any) -> list[str]:
    return [f"{access.action} {access.resource}" for access in needed(service, method, uri, **more)]


@pytest.mark.parametrize(
    ("method", "uri", "actions"),
    [
        ("GET", "/", ["s3:ListAllMyBuckets *"]),
        ("GET", "/b?list-type=2&prefix=a", ["s3:ListBucket arn:aws:s3:::b"]),
        ("HEAD", "/b", ["s3:ListBucket arn:aws:s3:::b"]),
        ("GET", "/b?versions", ["s3:ListBucketVersions arn:aws:s3:::b"]),
        ("GET", "/b?uploads", ["s3:ListBucketMultipartUploads arn:aws:s3:::b"]),
        ("GET", "/b?location", ["s3:GetBucketLocation arn:aws:s3:::b"]),
        ("PUT", "/b?encryption", ["s3:PutEncryptionConfiguration arn:aws:s3:::b"]),
        ("DELETE", "/b?lifecycle", ["s3:PutLifecycleConfiguration arn:aws:s3:::b"]),
        ("DELETE", "/b?policy", ["s3:DeleteBucketPolicy arn:aws:s3:::b"]),
        ("GET", "/b?publicAccessBlock", ["s3:GetBucketPublicAccessBlock arn:aws:s3:::b"]),
        ("GET", "/b/a%20b", ["s3:GetObject arn:aws:s3:::b/a b"]),
        ("HEAD", "/b/k", ["s3:GetObject arn:aws:s3:::b/k"]),
        ("GET", "/b/k?versionId=1", ["s3:GetObjectVersion arn:aws:s3:::b/k"]),
        ("GET", "/b/k?tagging&versionId=1", ["s3:GetObjectVersionTagging arn:aws:s3:::b/k"]),
        ("DELETE", "/b/k?versionId=1", ["s3:DeleteObjectVersion arn:aws:s3:::b/k"]),
        ("PUT", "/b/k?partNumber=1&uploadId=2", ["s3:PutObject arn:aws:s3:::b/k"]),
        ("POST", "/b/k?uploads", ["s3:PutObject arn:aws:s3:::b/k"]),
        ("GET", "/b/k?uploadId=2", ["s3:ListMultipartUploadParts arn:aws:s3:::b/k"]),
        ("DELETE", "/b/k?uploadId=2", ["s3:AbortMultipartUpload arn:aws:s3:::b/k"]),
    ],
)
def test_s3(method: str, uri: str, actions: list[str]) -> None:
    assert names("s3", method, uri) == actions


def test_a_copy_reads_and_a_batch_deletes() -> None:
    copied = names("s3", "PUT", "/b/new", headers={"x-amz-copy-source": "a/old%20one"})
    body = b"<Delete><Object><Key>1</Key></Object><Object><Key>x/2</Key></Object></Delete>"

    assert copied == ["s3:PutObject arn:aws:s3:::b/new", "s3:GetObject arn:aws:s3:::a/old one"]
    assert names("s3", "POST", "/b?delete", body=body) == [
        "s3:DeleteObject arn:aws:s3:::b/1",
        "s3:DeleteObject arn:aws:s3:::b/x/2",
    ]


def test_what_nobody_knows_is_not_guessed() -> None:
    for method, uri in (("PATCH", "/b/k"), ("PUT", "/b?location"), ("GET", "/b?acl&policy")):
        with pytest.raises(UnknownActionError):
            needed("s3", method, uri)


def test_lists_and_keys_of_the_query_protocol() -> None:
    body = b"Action=CreateRole&RoleName=r&Path=/a/&Tags.member.1.Key=Team&Tags.member.1.Value=ml"
    (access,) = needed("iam", "POST", "/", body, FORM)

    assert access.resource == f"arn:aws:iam::{ACCOUNT}:role/a/r"
    assert access.keys == {"aws:requesttag/team": ("ml",), "aws:tagkeys": ("Team",)}


def test_handing_a_role_on() -> None:
    body = b'{"Rule": "r", "Targets": [{"Id": "1", "Arn": "a", "RoleArn": "%s"}]}' % ROLE.encode()
    _, passed = needed("events", "POST", "/", body, {"x-amz-target": "AWSEvents.PutTargets"})
    assert (passed.action, passed.resource) == ("iam:PassRole", ROLE)
    assert passed.keys["iam:passedtoservice"] == ("events.amazonaws.com",)


def test_sagemaker() -> None:
    request = {
        "TrainingJobName": "j",
        "RoleArn": ROLE,
        "Tags": [{"Key": "Team", "Value": "ml"}],
        "ResourceConfig": {"InstanceType": "ml.m5.large", "VolumeKmsKeyId": "k"},
        "EnableNetworkIsolation": True,
        "VpcConfig": {"Subnets": ["s1", "s2"], "SecurityGroupIds": ["g"]},
    }
    create, tags, passed = sagemaker.accesses("CreateTrainingJob", request, HERE)

    job = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/j"
    assert [(each.action, each.resource) for each in (create, tags, passed)] == [
        ("sagemaker:CreateTrainingJob", job),
        ("sagemaker:AddTags", job),
        ("iam:PassRole", ROLE),
    ]
    assert create.keys["sagemaker:instancetypes"] == ("ml.m5.large",)
    assert create.keys["sagemaker:networkisolation"] == ("true",)
    assert create.keys["sagemaker:vpcsubnets"] == ("s1", "s2")
    assert create.keys["aws:requesttag/team"] == ("ml",)
    assert passed.keys["iam:passedtoservice"] == ("sagemaker.amazonaws.com",)


def test_tuning_hands_the_role_of_its_training_jobs_on() -> None:
    request = {"HyperParameterTuningJobName": "t", "TrainingJobDefinition": {"RoleArn": ROLE}}
    create, passed = sagemaker.accesses("CreateHyperParameterTuningJob", request, HERE)

    assert create.resource == f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:hyper-parameter-tuning-job/t"
    assert (passed.action, passed.resource) == ("iam:PassRole", ROLE)


@pytest.mark.parametrize(
    ("operation", "request_", "resource"),
    [
        ("DescribeEndpointConfig", {"EndpointConfigName": "c"}, "endpoint-config/c"),
        ("UpdateEndpointWeightsAndCapacities", {"EndpointName": "e"}, "endpoint/e"),
        (
            "ListTrainingJobsForHyperParameterTuningJob",
            {"HyperParameterTuningJobName": "t"},
            "hyper-parameter-tuning-job/t",
        ),
        ("PutRecord", {"FeatureGroupName": "f"}, "feature-group/f"),
        ("BatchGetRecord", {"Identifiers": [{"FeatureGroupName": "f"}]}, "feature-group/f"),
        ("StartPipelineExecution", {"PipelineName": "p"}, "pipeline/p"),
        ("DescribeModelPackage", {"ModelPackageName": "g/1"}, "model-package/g/1"),
        ("DescribeModelPackageGroup", {"ModelPackageGroupName": "g"}, "model-package-group/g"),
        ("DeleteModelPackageGroupPolicy", {"ModelPackageGroupName": "g"}, "model-package-group/g"),
    ],
)
def test_resources_of_sagemaker(operation: str, request_: dict[str, Any], resource: str) -> None:
    (access,) = sagemaker.accesses(operation, request_, HERE)

    assert access.resource == f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:{resource}"


def test_resources_of_executions_and_tags_are_their_arns() -> None:
    arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:pipeline/p/execution/x"
    for operation in ("StopPipelineExecution", "ListPipelineExecutionSteps"):
        (access,) = sagemaker.accesses(operation, {"PipelineExecutionArn": arn}, HERE)
        assert access.resource == arn
    (access,) = sagemaker.accesses("AddTags", {"ResourceArn": arn, "Tags": []}, HERE)
    assert access.resource == arn


@pytest.mark.parametrize(
    ("method", "uri", "actions"),
    [
        ("GET", "/schedules", ["scheduler:ListSchedules *"]),
        ("GET", "/schedules/s", ["scheduler:GetSchedule arn:aws:scheduler:us-east-1:{}:schedule/default/s"]),
        (
            "DELETE",
            "/schedules/s?groupName=g",
            ["scheduler:DeleteSchedule arn:aws:scheduler:us-east-1:{}:schedule/g/s"],
        ),
        (
            "POST",
            "/schedule-groups/g",
            ["scheduler:CreateScheduleGroup arn:aws:scheduler:us-east-1:{}:schedule-group/g"],
        ),
        ("GET", "/tags/arn%3Aaws%3Ax", ["scheduler:ListTagsForResource arn:aws:x"]),
    ],
)
def test_schedules(method: str, uri: str, actions: list[str]) -> None:
    assert names("scheduler", method, uri) == [each.format(ACCOUNT) for each in actions]


def test_a_schedule_passes_its_role() -> None:
    body = f'{{"GroupName": "g", "Target": {{"RoleArn": "{ROLE}"}}}}'.encode()
    created, passed = needed("scheduler", "POST", "/schedules/s", body=body)
    assert created.resource == f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/g/s"
    assert (passed.action, passed.resource) == ("iam:PassRole", ROLE)
    assert passed.keys == {"iam:passedtoservice": ("scheduler.amazonaws.com",)}
    with pytest.raises(UnknownActionError):
        needed("scheduler", "PATCH", "/schedules/s")
