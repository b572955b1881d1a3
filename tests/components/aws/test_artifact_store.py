from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mlstack_components.aws.artifact_store import ArtifactStore, ArtifactStoreArgs
from mlstack_components.aws.bundle import bundle, file_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_components.aws.placement import Placement

BUCKETS = ["weather-dev-artifacts", "weather-dev-data", "weather-dev-logs"]
CLIENT_BUCKETS = ["weather-dev-artifacts", "weather-dev-data"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("print('train')\n")
    (tmp_path / "weather.csv").write_text("day,weather\n1,rain\n")
    return tmp_path


@pytest.fixture
def declared(declare: Callable, placement: Placement, key_arn: str, tags: dict[str, str], project: Path):
    def program():
        store = ArtifactStore(
            "weather-dev",
            ArtifactStoreArgs(
                placement=placement,
                encryption_key_arn=key_arn,
                code_directory=project / "src",
                data_file=project / "weather.csv",
                tags=tags,
                release_tags={"mlstack:commit": "abc"},
            ),
        )
        return {"code": store.code_uri, "data": store.data_uri, "artifacts": store.artifact_bucket}

    return declare(program)


def _settings(declared, kind: str) -> dict[str, dict]:
    return {each.inputs["bucket"]: each.inputs for each in declared.all(f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}")}


def test_three_buckets_are_declared_under_the_component(declared):
    buckets = declared.all("aws:s3/bucket:Bucket")
    assert sorted(each.name for each in buckets) == BUCKETS
    assert all(each.parent.endswith("mlstack:aws:ArtifactStore::weather-dev") for each in buckets)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_no_bucket_is_public(declared, bucket):
    """S3.2, S3.3, S3.8; CKV_AWS_53 to 56."""
    settings = _settings(declared, "BucketPublicAccessBlock")[bucket]
    for name in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
        assert settings[name] is True


@pytest.mark.parametrize("bucket", BUCKETS)
def test_no_bucket_has_acls(declared, bucket):
    """CKV2_AWS_65."""
    assert _settings(declared, "BucketOwnershipControls")[bucket]["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_refuses_plain_http(declared, bucket):
    """S3.5."""
    policy = json.loads(_settings(declared, "BucketPolicy")[bucket]["policy"])
    denial = next(each for each in policy["Statement"] if each["Effect"] == "Deny")
    assert denial["Principal"] == {"AWS": "*"}
    assert denial["Action"] == ["s3:*"]
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denial["Resource"] == [f"arn:aws:made:::{bucket}", f"arn:aws:made:::{bucket}/*"]


@pytest.mark.parametrize("bucket", CLIENT_BUCKETS)
def test_objects_are_encrypted_with_the_projects_key(declared, bucket, key_arn):
    """S3.17, CKV_AWS_19, CKV_AWS_145."""
    (rule,) = _settings(declared, "BucketServerSideEncryptionConfiguration")[bucket]["rules"]
    default = rule["applyServerSideEncryptionByDefault"]
    assert default == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key_arn}
    assert rule["bucketKeyEnabled"] is True


def test_the_log_bucket_is_encrypted_by_s3_because_logs_cant_be_delivered_otherwise(declared):
    (rule,) = _settings(declared, "BucketServerSideEncryptionConfiguration")["weather-dev-logs"]["rules"]
    assert rule == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_is_versioned(declared, bucket):
    """S3.14, CKV_AWS_21."""
    assert _settings(declared, "BucketVersioning")[bucket]["versioningConfiguration"] == {"status": "Enabled"}


@pytest.mark.parametrize("bucket", CLIENT_BUCKETS)
def test_accesses_are_logged(declared, bucket):
    """S3.9, CKV_AWS_18."""
    settings = _settings(declared, "BucketLogging")[bucket]
    assert settings["targetBucket"] == "weather-dev-logs"
    assert settings["targetPrefix"] == f"{bucket.removeprefix('weather-dev-')}/"


def test_only_s3s_log_delivery_of_this_account_may_write_logs(declared):
    policy = json.loads(_settings(declared, "BucketPolicy")["weather-dev-logs"]["policy"])
    (allowed,) = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allowed["Action"] == ["s3:PutObject"]
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    for bucket in CLIENT_BUCKETS:
        statements = json.loads(_settings(declared, "BucketPolicy")[bucket]["policy"])["Statement"]
        assert [each["Effect"] for each in statements] == ["Deny"]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_leftovers_expire(declared, bucket):
    """S3.13, CKV_AWS_300, CKV2_AWS_61."""
    rules = {rule["id"]: rule for rule in _settings(declared, "BucketLifecycleConfiguration")[bucket]["rules"]}
    assert rules["unfinished-uploads"]["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert rules["old-versions"]["noncurrentVersionExpiration"] == {"noncurrentDays": 90}
    assert all(rule["status"] == "Enabled" for rule in rules.values())
    assert ("old-objects" in rules) == (bucket == "weather-dev-logs")


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_that_holds_objects_cant_be_deleted(declared, bucket):
    assert declared.one("aws:s3/bucket:Bucket", bucket).inputs["forceDestroy"] is False


def test_code_and_data_are_named_by_their_contents_and_kept(declared, project, key_arn):
    code = declared.one("aws:s3/bucketObjectv2:BucketObjectv2", "weather-dev-code")
    data = declared.one("aws:s3/bucketObjectv2:BucketObjectv2", "weather-dev-dataset")
    assert code.inputs["key"] == f"code/{bundle(project / 'src').digest}/sourcedir.tar.gz"
    assert data.inputs["key"] == f"data/{file_digest(project / 'weather.csv')}/weather.csv"
    assert declared.result["code"] == f"s3://weather-dev-artifacts/{code.inputs['key']}"
    assert declared.result["data"] == f"s3://weather-dev-data/{data.inputs['key']}"
    for uploaded in (code, data):
        assert uploaded.retain_on_delete
        assert uploaded.inputs["kmsKeyId"] == key_arn
        assert uploaded.inputs["serverSideEncryption"] == "aws:kms"


def test_the_uploaded_archive_is_the_bundle(declared, project):
    source = declared.one("aws:s3/bucketObjectv2:BucketObjectv2", "weather-dev-code").inputs["source"]
    assert Path(source.path).read_bytes() == bundle(project / "src").content


def test_nothing_is_uploaded_before_the_bucket_is_encrypted_versioned_and_closed(declared):
    code = declared.one("aws:s3/bucketObjectv2:BucketObjectv2", "weather-dev-code")
    waits = {urn.rsplit("::", 1)[1] for urn in code.dependencies}
    assert {f"weather-dev-artifacts-{setting}" for setting in ("encryption", "versioning", "policy")} <= waits


def test_only_the_code_carries_the_commit(declared, tags):
    for each in declared.resources:
        if each.name == "weather-dev-code":
            assert each.inputs["tags"] == {**tags, "mlstack:commit": "abc"}
        elif "tags" in each.inputs:
            assert each.inputs["tags"] == tags


def test_a_stack_without_code_and_data_uploads_nothing(declare, placement, key_arn):
    def program():
        store = ArtifactStore("weather-dev", ArtifactStoreArgs(placement=placement, encryption_key_arn=key_arn))
        return {"code": store.code_uri, "data": store.data_uri}

    declared = declare(program)
    assert declared.all("aws:s3/bucketObjectv2:BucketObjectv2") == []
    assert declared.result == {"code": None, "data": None}


def test_outputs_are_registered(declared):
    (outputs,) = declared.component_outputs.values()
    assert outputs["data_bucket"] == "weather-dev-data"
    assert outputs["artifact_bucket"] == "weather-dev-artifacts"
    assert outputs["log_bucket"] == "weather-dev-logs"
    assert outputs["code_uri"].startswith("s3://weather-dev-artifacts/code/")


def test_other_accounts_read_what_pipelines_write_and_only_where_they_are_named(declare, placement, key_arn):
    def policies(*accounts: str) -> dict[str, list[dict]]:
        args = ArtifactStoreArgs(placement=placement, encryption_key_arn=key_arn, model_reader_accounts=accounts)
        declared = declare(lambda: ArtifactStore("weather-dev", args).artifact_bucket)
        found = declared.all("aws:s3/bucketPolicy:BucketPolicy")
        return {each.inputs["bucket"]: json.loads(each.inputs["policy"])["Statement"] for each in found}

    before, after = policies(), policies("222222222222")
    changed = {bucket: after[bucket] for bucket in after if after[bucket] != before[bucket]}
    assert list(changed) == ["weather-dev-artifacts"]
    *others, added = changed["weather-dev-artifacts"]
    assert others == before["weather-dev-artifacts"]
    assert added == {
        "Sid": "OtherAccountsRead",
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::222222222222:root"]},
        "Action": ["s3:GetObject"],
        "Resource": ["arn:aws:made:::weather-dev-artifacts/pipelines/*/output/model.tar.gz"],
    }
