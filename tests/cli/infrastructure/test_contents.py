"""What counts as data is counted, and goes only when it is told to."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from mlstack.engine.state import StateResource
from mlstack.infrastructure.contents import BUCKET, FEATURES, delete_contents, read_contents

if TYPE_CHECKING:
    import boto3


@pytest.fixture
def stack(aws: boto3.Session) -> list[StateResource]:
    """A feature group with both stores, and the bucket of its offline store."""
    name = f"contents-{uuid.uuid4()}"
    aws.client("s3").create_bucket(Bucket=name)
    sagemaker = aws.client("sagemaker")
    sagemaker.create_feature_group(
        FeatureGroupName=name,
        RecordIdentifierFeatureName="city",
        EventTimeFeatureName="at",
        FeatureDefinitions=[{"FeatureName": each, "FeatureType": "String"} for each in ("city", "at")],
        OnlineStoreConfig={"EnableOnlineStore": True},
        OfflineStoreConfig={"S3StorageConfig": {"S3Uri": f"s3://{name}/f"}, "DisableGlueTableCreation": True},
        RoleArn="arn:aws:iam::000000000000:role/features",
    )
    while sagemaker.describe_feature_group(FeatureGroupName=name)["FeatureGroupStatus"] != "Created":
        time.sleep(0.05)
    return [
        StateResource(
            urn=f"urn:pulumi:local::weather::{type_}::{name}",
            type=type_,
            id=name,
            outputs={},
            inputs={},
            custom=True,
            external=False,
            retained=False,
        )
        for type_ in (BUCKET, FEATURES)
    ]


def _put(aws: boto3.Session, group: str, count: int) -> None:
    runtime = aws.client("sagemaker-featurestore-runtime")
    for number in range(count):
        values = {"city": f"city-{number}", "at": "2026-03-01T00:00:00Z"}
        record: Any = [{"FeatureName": name, "ValueAsString": value} for name, value in values.items()]
        runtime.put_record(FeatureGroupName=group, Record=record)


def test_records_of_a_feature_group_are_data(aws: boto3.Session, stack: list[StateResource]) -> None:
    session: Any = aws
    name = stack[0].id
    assert read_contents(session, stack) == []
    _put(aws, name, 101)
    assert f"feature group {name}: 101 records" in [str(held) for held in read_contents(session, stack)]
    assert aws.client("sagemaker").list_feature_groups(NameContains=name)["FeatureGroupSummaries"]


def test_pushed_datasets_are_data_and_what_the_stack_uploads_is_not(
    aws: boto3.Session, stack: list[StateResource]
) -> None:
    session: Any = aws
    name = stack[0].id
    for key in ("data/0f/weather.csv", "code/0f/sourcedir.tar.gz"):
        aws.client("s3").put_object(Bucket=name, Key=key, Body=b"")
    assert read_contents(session, stack) == []
    for key in ("datasets/weather/0f/files/weather.csv", "datasets/weather/0f/manifest.json"):
        aws.client("s3").put_object(Bucket=name, Key=key, Body=b"")
    assert [str(held) for held in read_contents(session, stack)] == [f"bucket {name}: 2 objects"]


def test_nothing_writes_to_a_bucket_that_was_emptied(aws: boto3.Session, stack: list[StateResource]) -> None:
    session: Any = aws
    name = stack[0].id
    _put(aws, name, 3)
    delete_contents(session, stack, lambda _: None)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        aws.client("sagemaker").describe_feature_group(FeatureGroupName=name)
    time.sleep(2)
    aws.client("s3").delete_bucket(Bucket=name)
    assert read_contents(session, stack) == []
    # A destroy that was interrupted is run again.
    delete_contents(session, stack, lambda _: None)
