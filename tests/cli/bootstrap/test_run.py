"""The bucket and the key of the state: made once, as they should be, whatever happened before."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from mlstack.bootstrap.bucket import ForeignBucketError
from mlstack.bootstrap.key import KeyNotUsableError
from mlstack.bootstrap.run import Bootstrap
from mlstack.bootstrap.step import Change

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack.cloud.aws import AwsSession

ACCOUNT = "000000000000"


def _do(session: AwsSession) -> Bootstrap:
    bootstrap = Bootstrap.look(session)
    bootstrap.do(lambda _: None)
    return bootstrap


def _keys(session: AwsSession) -> list[str]:
    return [
        key["KeyId"] for page in session.client("kms").get_paginator("list_keys").paginate() for key in page["Keys"]
    ]


def _assert_as_it_should_be(session: AwsSession, bucket: str, key_arn: str) -> None:
    s3, kms = session.client("s3"), session.client("kms")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    (ownership,) = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert ownership["ObjectOwnership"] == "BucketOwnerEnforced"
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    assert rule["BucketKeyEnabled"] is True
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
    assert rules["former-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    assert {"RefuseUnencryptedTransport", "RefuseOtherKeys"} <= {each["Sid"] for each in policy["Statement"]}
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]}
    assert tags["mlstack:environment"] == "shared"
    assert kms.get_key_rotation_status(KeyId=key_arn)["KeyRotationEnabled"] is True
    assert {"TagKey": "mlstack:environment", "TagValue": "shared"} in kms.list_resource_tags(KeyId=key_arn)["Tags"]


def test_bucket_and_key_are_made_and_a_second_run_changes_nothing(session: AwsSession) -> None:
    made = _do(session)
    assert made.backend.bucket == f"mlstack-state-{ACCOUNT}-{session.region}"
    assert {step.change for step in made.steps} == {Change.MAKE}
    key = session.client("kms").describe_key(KeyId=made.backend.key_alias)["KeyMetadata"]
    assert key["Arn"] == made.key.arn
    _assert_as_it_should_be(session, made.backend.bucket, key["Arn"])
    keys = _keys(session)
    again = Bootstrap.look(session)
    assert again.changes == []
    assert again.key.arn == key["Arn"]
    assert _keys(session) == keys


def test_looking_makes_nothing(session: AwsSession) -> None:
    looked = Bootstrap.look(session)
    assert len(looked.changes) == len(looked.steps)
    assert _keys(session) == []
    with pytest.raises(ClientError, match="404"):
        session.client("s3").head_bucket(Bucket=looked.backend.bucket)


def test_interrupted_after_any_step_the_next_run_finishes(session: AwsSession) -> None:
    """Each turn does one step more and stops: so every place where a run can end is gone on from."""
    count = len(Bootstrap.look(session).steps)
    for _ in range(count):
        left = Bootstrap.look(session).changes
        if not left:
            break
        left[0].do()
    done = Bootstrap.look(session)
    assert done.changes == []
    assert len(_keys(session)) == 1
    assert done.key.arn is not None
    _assert_as_it_should_be(session, done.backend.bucket, done.key.arn)


def test_a_key_without_its_alias_is_taken_and_not_made_again(session: AwsSession) -> None:
    first, second = Bootstrap.look(session).steps[:2]
    first.do()
    second.do()
    done = _do(session)
    assert _keys(session) == [str(done.key.arn).rpartition("/")[2]]
    aliases = session.client("kms").list_aliases(KeyId=done.key.arn)["Aliases"]
    assert [alias["AliasName"] for alias in aliases] == [done.backend.key_alias]


@pytest.mark.parametrize(
    ("undo", "what"),
    [
        (lambda s3, bucket: s3.delete_public_access_block(Bucket=bucket), "no public access"),
        (lambda s3, bucket: s3.delete_bucket_ownership_controls(Bucket=bucket), "no ACLs"),
        (
            lambda s3, bucket: s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}),
            "versions",
        ),
        (lambda s3, bucket: s3.delete_bucket_encryption(Bucket=bucket), "encryption with the key"),
        (lambda s3, bucket: s3.delete_bucket_policy(Bucket=bucket), "policy: TLS, and no other encryption"),
        (lambda s3, bucket: s3.delete_bucket_lifecycle(Bucket=bucket), "former versions expire"),
        (lambda s3, bucket: s3.delete_bucket_tagging(Bucket=bucket), "tags"),
    ],
)
def test_a_setting_that_was_undone_is_put_back_alone(
    shared: tuple[AwsSession, Bootstrap], undo: Callable[[Any, str], object], what: str
) -> None:
    session, made = shared
    undo(session.client("s3"), made.backend.bucket)
    assert [step.what for step in Bootstrap.look(session).changes] == [f"bucket: {what}"]
    _do(session)
    assert made.key.arn is not None
    _assert_as_it_should_be(session, made.backend.bucket, made.key.arn)


@pytest.fixture(scope="module")
def _bootstrapped() -> dict[str, Any]:
    return {}


@pytest.fixture
def shared(session: AwsSession, _bootstrapped: dict[str, Any]) -> tuple[AwsSession, Bootstrap]:
    if not _bootstrapped:
        _bootstrapped["it"] = session, _do(session)
    found: tuple[AwsSession, Bootstrap] = _bootstrapped["it"]
    return found


def test_rules_and_tags_of_others_are_left_alone(session: AwsSession) -> None:
    made = _do(session)
    s3, bucket = session.client("s3"), made.backend.bucket
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "cost-center", "Value": "7"}]})
    own = {"ID": "own", "Status": "Enabled", "Filter": {"Prefix": "own/"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [own]})
    _do(session)
    assert {"Key": "cost-center", "Value": "7"} in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert {"own", "former-versions"} <= {rule["ID"] for rule in rules}
    assert Bootstrap.look(session).changes == []


def test_a_bucket_of_another_account_is_refused_and_nothing_is_written(session: AwsSession) -> None:
    stranger = replace(session, account="222222222222", _clients={})
    bucket = f"mlstack-state-222222222222-{session.region}"
    where = {"LocationConstraint": session.region}
    session.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    with pytest.raises(ForeignBucketError, match=bucket):
        Bootstrap.look(stranger)
    assert _keys(session) == []
    with pytest.raises(ClientError, match="NoSuchTagSet"):
        session.client("s3").get_bucket_tagging(Bucket=bucket)


def test_a_bucket_that_another_account_takes_in_between_is_refused(session: AwsSession) -> None:
    stranger = replace(session, account="222222222222", _clients={})
    looked = Bootstrap.look(stranger)
    where = {"LocationConstraint": session.region}
    session.client("s3").create_bucket(Bucket=looked.backend.bucket, CreateBucketConfiguration=where)
    with pytest.raises(ForeignBucketError):
        looked.do(lambda _: None)
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        session.client("s3").get_bucket_policy(Bucket=looked.backend.bucket)


def test_what_the_key_does_not_encrypt_is_not_stored(session: AwsSession) -> None:
    made = _do(session)
    s3, bucket = session.client("s3"), made.backend.bucket
    s3.put_object(Bucket=bucket, Key="default", Body=b"x")
    found = s3.head_object(Bucket=bucket, Key="default")
    assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", made.key.arn)
    s3.put_object(Bucket=bucket, Key="named", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=made.key.arn)
    for other in ({"ServerSideEncryption": "AES256"}, {"ServerSideEncryption": "aws:kms"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object(Bucket=bucket, Key="other", Body=b"x", **other)


def test_a_key_that_will_be_deleted_stops_it(session: AwsSession) -> None:
    made = _do(session)
    session.client("kms").schedule_key_deletion(KeyId=str(made.key.arn).rpartition("/")[2])
    with pytest.raises(KeyNotUsableError, match="PendingDeletion"):
        Bootstrap.look(session)


def test_scripts_get_names_and_steps(session: AwsSession) -> None:
    made = _do(session)
    document = json.loads(json.dumps(made.document(dry_run=False)))
    assert document["backend_url"] == f"s3://{made.backend.bucket}?region={session.region}"
    assert document["secrets_provider"] == f"awskms://{made.backend.key_alias}?region={session.region}"
    assert document["key_arn"] == made.key.arn
    assert {step["change"] for step in document["steps"]} == {"make"}
