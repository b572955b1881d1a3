"""The local cloud copies what is put into a replicated bucket, with the rights of the replication's role."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.replication_policies import ReplicatedBucket, replication_policy, replication_trust

if TYPE_CHECKING:
    import boto3

HERE, THERE = "us-east-1", "eu-west-1"
ACCOUNT = "000000000000"


@dataclass
class Pair:
    """A bucket with a key, its copy with another, and the role between them."""

    aws: boto3.Session
    original: str
    copy: str
    key: str
    copy_key: str
    role: str

    @property
    def s3(self) -> Any:
        return self.aws.client("s3")

    def policy(self) -> dict[str, Any]:
        """The role's policy, as the component writes it."""
        buckets = [ReplicatedBucket(f"arn:aws:s3:::{self.original}", f"arn:aws:s3:::{self.copy}")]
        here, there = Placement(ACCOUNT, HERE), Placement(ACCOUNT, THERE)
        document: dict[str, Any] = json.loads(replication_policy(here, there, buckets, self.key, self.copy_key))
        return document

    def allow(self, document: dict[str, Any]) -> None:
        self.aws.client("iam").put_role_policy(
            RoleName=self.role, PolicyName="replicate", PolicyDocument=json.dumps(document)
        )

    def replicate(self, **rule: Any) -> None:
        whole = {
            "ID": "everything",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
            "Destination": {
                "Bucket": f"arn:aws:s3:::{self.copy}",
                "EncryptionConfiguration": {"ReplicaKmsKeyID": self.copy_key},
            },
        } | rule
        configuration: Any = {"Role": f"arn:aws:iam::{ACCOUNT}:role/{self.role}", "Rules": [whole]}
        self.s3.put_bucket_replication(Bucket=self.original, ReplicationConfiguration=configuration)

    def copied(self) -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=self.copy).get("Contents", [])]


def _bucket(aws: boto3.Session, name: str, region: str, key: str) -> None:
    s3 = aws.client("s3", region)
    constraint: Any = {} if region == HERE else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **constraint)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    default: Any = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
        },
    )


@pytest.fixture
def pair(aws: boto3.Session) -> Pair:
    name = uuid.uuid4().hex[:12]
    keys = [aws.client("kms", region).create_key()["KeyMetadata"]["Arn"] for region in (HERE, THERE)]
    _bucket(aws, f"from-{name}", HERE, keys[0])
    _bucket(aws, f"to-{name}", THERE, keys[1])
    aws.client("iam").create_role(RoleName=f"copies-{name}", AssumeRolePolicyDocument=replication_trust())
    pair = Pair(aws, f"from-{name}", f"to-{name}", keys[0], keys[1], f"copies-{name}")
    pair.allow(pair.policy())
    return pair


def test_what_is_put_is_copied_with_the_copys_key(pair: Pair) -> None:
    pair.s3.put_object(Bucket=pair.original, Key="before", Body=b"0")
    pair.replicate()
    pair.s3.put_object(
        Bucket=pair.original, Key="data/a b.csv", Body=b"1", Metadata={"made": "today"}, Tagging="kind=raw"
    )
    assert pair.copied() == ["data/a b.csv"]
    copy = pair.s3.get_object(Bucket=pair.copy, Key="data/a b.csv")
    assert (copy["Body"].read(), copy["Metadata"], copy["SSEKMSKeyId"]) == (b"1", {"made": "today"}, pair.copy_key)
    tags = pair.s3.get_object_tagging(Bucket=pair.copy, Key="data/a b.csv")["TagSet"]
    assert tags == [{"Key": "kind", "Value": "raw"}]


def test_copies_and_parts_are_copied_and_deletions_are_not(pair: Pair) -> None:
    pair.replicate()
    pair.s3.put_object(Bucket=pair.original, Key="a", Body=b"1")
    pair.s3.copy_object(Bucket=pair.original, Key="b", CopySource={"Bucket": pair.original, "Key": "a"})
    upload = pair.s3.create_multipart_upload(Bucket=pair.original, Key="c")["UploadId"]
    part = pair.s3.upload_part(Bucket=pair.original, Key="c", UploadId=upload, PartNumber=1, Body=b"3")
    assert pair.copied() == ["a", "b"]
    pair.s3.complete_multipart_upload(
        Bucket=pair.original,
        Key="c",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    pair.s3.put_object_tagging(Bucket=pair.original, Key="a", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    pair.s3.delete_object(Bucket=pair.original, Key="a")
    assert pair.copied() == ["a", "b", "c"]
    versions = pair.s3.list_object_versions(Bucket=pair.copy)
    assert [each["Key"] for each in versions["Versions"]] == ["a", "b", "c"]


def test_the_prefix_and_the_status_of_a_rule(pair: Pair) -> None:
    pair.replicate(Filter={"Prefix": "data/"})
    for key in ("data/a", "else/a"):
        pair.s3.put_object(Bucket=pair.original, Key=key, Body=b"")
    assert pair.copied() == ["data/a"]
    pair.replicate(Status="Disabled")
    pair.s3.put_object(Bucket=pair.original, Key="data/b", Body=b"")
    assert pair.copied() == ["data/a"]


def test_what_a_key_encrypts_is_copied_only_where_the_rule_says_so(pair: Pair) -> None:
    pair.replicate(SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Disabled"}})
    pair.s3.put_object(Bucket=pair.original, Key="a", Body=b"")
    assert pair.copied() == []


def test_two_buckets_that_replicate_each_other_come_to_rest(pair: Pair) -> None:
    pair.replicate()
    back = Pair(pair.aws, pair.copy, pair.original, pair.copy_key, pair.key, pair.role)
    both = pair.policy()
    both["Statement"] += [{**each, "Sid": f"{each['Sid']}Back"} for each in back.policy()["Statement"]]
    pair.allow(json.loads(json.dumps(both).replace(f"s3.{HERE}.", "s3.*.").replace("StringEquals", "StringLike")))
    back.replicate()
    pair.s3.put_object(Bucket=pair.original, Key="a", Body=b"")
    assert len(pair.s3.list_object_versions(Bucket=pair.original)["Versions"]) == 1
    assert len(pair.s3.list_object_versions(Bucket=pair.copy)["Versions"]) == 1


@pytest.mark.parametrize(
    "sid", ["ReadConfiguration", "ReadVersions", "WriteCopies", "DecryptOriginals", "EncryptCopies"]
)
def test_nothing_is_copied_without_each_of_the_roles_statements(pair: Pair, sid: str) -> None:
    document = pair.policy()
    document["Statement"] = [each for each in document["Statement"] if each["Sid"] != sid]
    pair.allow(document)
    pair.replicate()
    pair.s3.put_object(Bucket=pair.original, Key="a", Body=b"")
    assert pair.copied() == []
    assert pair.s3.head_object(Bucket=pair.original, Key="a")


def test_nothing_is_copied_with_a_role_that_does_not_trust_s3(pair: Pair) -> None:
    trust = replication_trust().replace("s3.amazonaws.com", "sagemaker.amazonaws.com")
    pair.aws.client("iam").update_assume_role_policy(RoleName=pair.role, PolicyDocument=trust)
    pair.replicate()
    pair.s3.put_object(Bucket=pair.original, Key="a", Body=b"")
    assert pair.copied() == []


def test_the_configuration_is_told_as_it_was_put(pair: Pair) -> None:
    pair.replicate(Filter={"And": {"Prefix": "data/", "Tags": [{"Key": "kind", "Value": "raw"}]}})
    told = pair.s3.get_bucket_replication(Bucket=pair.original)["ReplicationConfiguration"]
    (rule,) = told["Rules"]
    assert told["Role"].endswith(f"role/{pair.role}")
    assert rule["Filter"] == {"And": {"Prefix": "data/", "Tags": [{"Key": "kind", "Value": "raw"}]}}
    assert rule["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    assert rule["Destination"]["EncryptionConfiguration"] == {"ReplicaKmsKeyID": pair.copy_key}
    assert rule["Priority"] == 1
    pair.s3.delete_bucket_replication(Bucket=pair.original)
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        pair.s3.get_bucket_replication(Bucket=pair.original)
