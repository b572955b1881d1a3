"""Copies of buckets are as safe as the originals, and the role that makes them may do nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from mlstack_components.aws.artifact_store import ArtifactStore, ArtifactStoreArgs
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.replication_policies import ReplicatedBucket, replication_policy

if TYPE_CHECKING:
    from collections.abc import Callable

THERE = "eu-central-1"
COPIES = ["weather-dev-artifacts-copy", "weather-dev-data-copy", "weather-dev-logs-copy"]
ENCRYPTED = COPIES[:2]


@pytest.fixture
def declared(declare: Callable, placement: Placement, key_arn: str, tags: dict[str, str], tmp_path):
    (tmp_path / "weather.csv").write_text("day,weather\n1,rain\n")

    def program():
        return ArtifactStore(
            "weather-dev",
            ArtifactStoreArgs(
                placement=placement,
                encryption_key_arn=key_arn,
                data_file=tmp_path / "weather.csv",
                replica_region=THERE,
                archive_after_days=60,
                permissions_boundary_arn="arn:aws:iam::111111111111:policy/boundary",
                tags=tags,
            ),
        ).data_uri

    return declare(program)


def _settings(declared, kind: str) -> dict[str, dict]:
    return {each.inputs["bucket"]: each.inputs for each in declared.all(f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}")}


def test_copies_and_all_that_belongs_to_them_are_in_the_other_region(declared):
    copies = [each for each in declared.resources if "-copy" in each.name and each.type.startswith("aws:")]
    assert {each.inputs["region"] for each in copies} == {THERE}
    # Three buckets of seven resources each, the logging of two, and a key with its alias.
    assert len(copies) == 3 * 7 + 2 + 2
    others = [each for each in declared.resources if "-copy" not in each.name]
    assert all("region" not in each.inputs for each in others)


@pytest.mark.parametrize("bucket", COPIES)
def test_no_copy_is_public(declared, bucket):
    """S3.2, S3.3, S3.8; CKV_AWS_53 to 56."""
    settings = _settings(declared, "BucketPublicAccessBlock")[bucket]
    for name in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
        assert settings[name] is True


@pytest.mark.parametrize("bucket", COPIES)
def test_no_copy_has_acls(declared, bucket):
    """CKV2_AWS_65."""
    assert _settings(declared, "BucketOwnershipControls")[bucket]["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


@pytest.mark.parametrize("bucket", COPIES)
def test_every_copy_refuses_plain_http(declared, bucket):
    """S3.5."""
    policy = json.loads(_settings(declared, "BucketPolicy")[bucket]["policy"])
    denial = next(each for each in policy["Statement"] if each["Effect"] == "Deny")
    assert denial["Principal"] == {"AWS": "*"}
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denial["Resource"] == [f"arn:aws:made:::{bucket}", f"arn:aws:made:::{bucket}/*"]


@pytest.mark.parametrize("bucket", ENCRYPTED)
def test_copies_are_encrypted_with_a_key_of_their_own_region(declared, bucket):
    """S3.17, CKV_AWS_19, CKV_AWS_145."""
    (rule,) = _settings(declared, "BucketServerSideEncryptionConfiguration")[bucket]["rules"]
    default = rule["applyServerSideEncryptionByDefault"]
    assert default == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:made:::weather-dev-copy-key"}
    assert rule["bucketKeyEnabled"] is True


def test_the_key_rotates_stays_recoverable_and_serves_objects_alone(declared):
    """KMS.4, KMS.5, CKV_AWS_7, CKV_AWS_33."""
    key = declared.one("aws:kms/key:Key", "weather-dev-copy-key").inputs
    assert (key["enableKeyRotation"], key["deletionWindowInDays"]) == (True, 30)
    statements = json.loads(key["policy"])["Statement"]
    actions = [each["Action"] for each in statements]
    assert not any("*" in action for some in actions for action in some)
    # No service uses it but S3, in the name of who may.
    assert {json.dumps(each["Principal"]) for each in statements} == {'{"AWS": "arn:aws:iam::111111111111:root"}'}
    assert "kms:CreateGrant" not in [action for some in actions for action in some]


@pytest.mark.parametrize("bucket", COPIES)
def test_every_copy_is_versioned(declared, bucket):
    """S3.14, CKV_AWS_21."""
    assert _settings(declared, "BucketVersioning")[bucket]["versioningConfiguration"] == {"status": "Enabled"}


@pytest.mark.parametrize("bucket", ENCRYPTED)
def test_accesses_to_copies_are_logged_in_their_region(declared, bucket):
    """S3.9, CKV_AWS_18."""
    settings = _settings(declared, "BucketLogging")[bucket]
    assert settings["targetBucket"] == "weather-dev-logs-copy"
    assert settings["targetPrefix"] == f"{bucket.removeprefix('weather-dev-').removesuffix('-copy')}/"


@pytest.mark.parametrize("bucket", COPIES)
def test_leftovers_expire(declared, bucket):
    """S3.13, CKV_AWS_300, CKV2_AWS_61."""
    rules = {rule["id"]: rule for rule in _settings(declared, "BucketLifecycleConfiguration")[bucket]["rules"]}
    assert rules["unfinished-uploads"]["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert rules["old-versions"]["noncurrentVersionExpiration"] == {"noncurrentDays": 90}
    assert ("old-objects" in rules) == (bucket == "weather-dev-logs-copy")


@pytest.mark.parametrize("bucket", COPIES)
def test_a_copy_that_holds_objects_cant_be_deleted(declared, bucket):
    assert declared.one("aws:s3/bucket:Bucket", bucket).inputs["forceDestroy"] is False


@pytest.mark.parametrize("what", ["data", "artifacts"])
def test_everything_is_copied_but_deletions(declared, what):
    settings = declared.one("aws:s3/bucketReplicationConfig:BucketReplicationConfig", f"weather-dev-{what}-replication")
    assert settings.inputs["bucket"] == f"weather-dev-{what}"
    assert settings.inputs["role"] == "arn:aws:made:::weather-dev-replication"
    (rule,) = settings.inputs["rules"]
    assert (rule["status"], rule["filter"]) == ("Enabled", {"prefix": ""})
    assert rule["deleteMarkerReplication"] == {"status": "Disabled"}
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    assert rule["destination"] == {
        "bucket": f"arn:aws:made:::weather-dev-{what}-copy",
        "encryptionConfiguration": {"replicaKmsKeyId": "arn:aws:made:::weather-dev-copy-key"},
    }


def test_nothing_is_replicated_before_both_sides_are_versioned_and_the_role_may(declared):
    config = declared.one("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "weather-dev-data-replication")
    waits = {urn.rsplit("::", 1)[1] for urn in config.dependencies}
    assert {
        "weather-dev-data-versioning",
        "weather-dev-data-copy-versioning",
        "weather-dev-data-copy-encryption",
        "weather-dev-replication-policy",
    } <= waits


def test_what_the_stack_uploads_is_copied_from_the_first(declared):
    data = declared.one("aws:s3/bucketObjectv2:BucketObjectv2", "weather-dev-dataset")
    assert "weather-dev-data-replication" in {urn.rsplit("::", 1)[1] for urn in data.dependencies}


def test_only_s3_assumes_the_role_and_within_the_boundary(declared):
    role = declared.one("aws:iam/role:Role", "weather-dev-replication").inputs
    (trusted,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trusted["Principal"] == {"Service": "s3.amazonaws.com"}
    assert trusted["Action"] == ["sts:AssumeRole"]
    assert role["permissionsBoundary"] == "arn:aws:iam::111111111111:policy/boundary"


def test_the_role_reads_originals_and_writes_copies_and_nothing_else(declared):
    """CKV_AWS_60 to 63, 286 to 290, 355."""
    policy = json.loads(
        declared.one("aws:iam/rolePolicy:RolePolicy", "weather-dev-replication-policy").inputs["policy"]
    )
    by_sid = {each["Sid"]: each for each in policy["Statement"]}
    from_ = [f"arn:aws:made:::weather-dev-{what}" for what in ("data", "artifacts")]
    to = [f"{arn}-copy" for arn in from_]
    assert by_sid["ReadConfiguration"]["Resource"] == from_
    assert by_sid["ReadVersions"]["Resource"] == [f"{arn}/*" for arn in from_]
    assert by_sid["WriteCopies"]["Resource"] == [f"{arn}/*" for arn in to]
    actions = [action for each in policy["Statement"] for action in each["Action"]]
    assert not [action for action in actions if "*" in action or "Delete" in action or action == "s3:PutObject"]
    assert all(each["Effect"] == "Allow" for each in policy["Statement"])
    assert "*" not in [resource for each in policy["Statement"] for resource in each["Resource"]]


def test_each_key_is_used_through_s3_for_these_buckets_alone():
    here, there = Placement("111111111111", "eu-west-1"), Placement("111111111111", THERE)
    buckets = [ReplicatedBucket("arn:aws:s3:::a", "arn:aws:s3:::b")]
    statements = json.loads(replication_policy(here, there, buckets, "arn:key", "arn:copy-key"))["Statement"]
    by_sid = {each["Sid"]: each for each in statements}
    assert (by_sid["DecryptOriginals"]["Action"], by_sid["DecryptOriginals"]["Resource"]) == (
        ["kms:Decrypt"],
        ["arn:key"],
    )
    assert by_sid["DecryptOriginals"]["Condition"] == {
        "StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]},
    }
    assert by_sid["EncryptCopies"]["Resource"] == ["arn:copy-key"]
    assert by_sid["EncryptCopies"]["Condition"]["StringEquals"] == {"kms:ViaService": f"s3.{THERE}.amazonaws.com"}


def test_old_objects_move_to_a_class_that_jobs_still_read(declared):
    for bucket in ("weather-dev-data", "weather-dev-artifacts", *ENCRYPTED):
        rules = {each["id"]: each for each in _settings(declared, "BucketLifecycleConfiguration")[bucket]["rules"]}
        assert rules["archive"]["transitions"] == [{"days": 60, "storageClass": "GLACIER_IR"}]
    assert len(_settings(declared, "BucketLifecycleConfiguration")["weather-dev-logs"]["rules"]) == 3


def test_names_fit_into_a_buckets_63_characters():
    """The longest prefix of a project's names, an ending of this component's, and the provider's seven digits."""
    longest = 40
    assert max(longest + len(f"-{what}-copy-1234567") for what in ("data", "artifacts", "logs")) <= 63


def test_without_a_region_there_are_no_copies(declare, placement, key_arn):
    def program():
        store = ArtifactStore("weather-dev", ArtifactStoreArgs(placement=placement, encryption_key_arn=key_arn))
        return store.replicas

    declared = declare(program)
    assert declared.result is None
    assert len(declared.all("aws:s3/bucket:Bucket")) == 3
    assert not [each for each in declared.resources if "region" in each.inputs or "Replica" in each.type]
