"""What AWS would refuse is found in preview, at the property that is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from mlstack_localcloud.provider.check import check
from mlstack_localcloud.provider.configuration import Configuration
from mlstack_localcloud.provider.naming import Proposal
from mlstack_localcloud.provider.values import UNKNOWN

from .services import CONFIG, checked, problems_of, requests_of

ENDPOINT_CONFIG = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
BUCKET = "aws:s3/bucket:Bucket"
ROLE = "arn:aws:iam::000000000000:role/jobs"


def variant(**changes: Any) -> dict[str, Any]:
    given = {"variantName": "main", "modelName": "m", "instanceType": "ml.m5.large", "initialInstanceCount": 1}
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"instanceType": "m5.large"}, ".instanceType", "is not one of ml."),
        ({"initialInstanceCount": 0}, ".initialInstanceCount", "must be at least 1"),
        ({"initialInstanceCount": "many"}, ".initialInstanceCount", "must be a whole number"),
        ({"variantName": None}, ".variantName", "is required"),
        ({"variantName": "no spaces"}, ".variantName", "does not match"),
        ({"variantName": "x" * 64}, ".variantName", "must have at most 63 characters"),
        ({"serverlessConfig": {"maxConcurrency": 5}}, ".serverlessConfig.memorySizeInMb", "is required"),
        (
            {"serverlessConfig": {"maxConcurrency": 500, "memorySizeInMb": 1024}},
            ".serverlessConfig.maxConcurrency",
            "must be at most 200",
        ),
        ({"routingConfigs": [{"routingStrategy": "X"}]}, ".routingConfigs.routingStrategy", "is not one of"),
        ({"instances": 3}, ".instances", "is not known to the API"),
    ],
)
def test_a_nested_property_is_checked(changes: dict[str, Any], place: str, words: str) -> None:
    found = problems_of(ENDPOINT_CONFIG, {"productionVariants": [variant(), variant(**changes)]})
    assert list(found) == [f"productionVariants[1]{place}"]
    assert words in found[f"productionVariants[1]{place}"]


def test_all_problems_are_found_at_once() -> None:
    given = {"productionVariants": [variant(instanceType="x", initialInstanceCount=-1)], "kmsKeyArn": 5}
    assert set(problems_of(ENDPOINT_CONFIG, given)) == {
        "productionVariants[0].instanceType",
        "productionVariants[0].initialInstanceCount",
        "kmsKeyArn",
    }


def test_unknown_values_are_not_checked() -> None:
    checked(ENDPOINT_CONFIG, {"productionVariants": [variant(modelName=UNKNOWN)], "kmsKeyArn": UNKNOWN})
    checked(ENDPOINT_CONFIG, {"productionVariants": UNKNOWN})


@pytest.mark.parametrize(
    ("token", "given", "place", "words"),
    [
        (BUCKET, {"forceDestory": True}, "forceDestory", "is not a property of aws:s3/bucket:Bucket"),
        (BUCKET, {"website": {}}, "website", "is not implemented for aws:s3/bucket:Bucket in the local cloud"),
        ("aws:iam/role:Role", {}, "assumeRolePolicy", "is required"),
        ("aws:iam/role:Role", {"assumeRolePolicy": "{nonsense"}, "assumeRolePolicy", "is not JSON"),
        (
            "aws:iam/role:Role",
            {"assumeRolePolicy": "{}", "maxSessionDuration": 60},
            "maxSessionDuration",
            "must be at least 3600",
        ),
        ("aws:s3/bucketVersioning:BucketVersioning", {"bucket": "b"}, "versioningConfiguration", "is required"),
        (
            "aws:s3/bucketVersioning:BucketVersioning",
            {"bucket": "b", "versioningConfiguration": {"status": "On"}},
            "versioningConfiguration.status",
            '"On" is not one of Enabled, Suspended',
        ),
        # No part of the creation, but of a call after it.
        (
            "aws:kms/key:Key",
            {"enableKeyRotation": True, "rotationPeriodInDays": 7},
            "rotationPeriodInDays",
            "must be at least 90",
        ),
        ("aws:ecr/repository:Repository", {"name": "Upper"}, "name", "does not match"),
        ("aws:sagemaker/model:Model", {"primaryContainer": {}}, "executionRoleArn", "is required"),
        (
            "aws:sagemaker/pipeline:Pipeline",
            {"pipelineName": "p", "pipelineDisplayName": "p", "roleArn": "nonsense"},
            "roleArn",
            "must have at least 20 characters",
        ),
        ("aws:sns/topicSubscription:TopicSubscription", {"topic": "t", "protocol": "sqs"}, "endpoint", "is required"),
        ("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", {"bucket": "b"}, "rules", "is required"),
    ],
)
def test_a_resource_is_checked(token: str, given: dict[str, Any], place: str, words: str) -> None:
    assert words in problems_of(token, given)[place]


def test_documents_may_be_objects() -> None:
    inputs = checked("aws:iam/role:Role", {"assumeRolePolicy": {"Version": "2012-10-17"}})
    assert inputs["assumeRolePolicy"] == '{"Version": "2012-10-17"}'


def test_default_tags_come_first_and_own_tags_win() -> None:
    config = Configuration("000000000000", default_tags={"team": "default", "where": "all"})
    assert checked(BUCKET, {"tags": {"team": "own"}}, config)["tags"] == {"team": "own", "where": "all"}
    assert "tags" not in checked("aws:iam/rolePolicy:RolePolicy", {"role": "r", "policy": "{}"}, config)


def test_a_made_up_name_stays_as_long_as_the_resource() -> None:
    first = checked(BUCKET, {})
    assert first["bucket"].startswith("logical-")
    assert first["__defaults"] == ["bucket"]
    assert checked(BUCKET, {}, **first)["bucket"] == first["bucket"]
    # A name that was given once, and is no more, is no reason to keep it.
    assert checked(BUCKET, {}, bucket="given")["bucket"] != "given"
    assert checked(BUCKET, {"bucketPrefix": "other"}, **first)["bucket"].startswith("other")


def test_tags_are_checked() -> None:
    found = problems_of("aws:sns/topic:Topic", {"tags": {"x" * 200: "y"}})
    assert "must have at most 128 characters" in found["tags[0].key"]


@pytest.mark.parametrize("value", ['hush "hush" hush', 5])
def test_a_problem_can_be_told_without_the_value(value: Any) -> None:
    _, found = check(requests_of("aws:sagemaker/pipeline:Pipeline"), {}, _pipeline(value), Proposal("p"), CONFIG)
    told = [problem.without_value() for problem in found]
    assert {problem.property for problem in told} == {"roleArn"}
    assert not [problem for problem in told if "hush" in problem.reason or "5" in problem.reason]


def _pipeline(role: Any) -> dict[str, Any]:
    return {"pipelineName": "p", "pipelineDisplayName": "p", "roleArn": role}
