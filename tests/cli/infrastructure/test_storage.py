"""An environment with copies in another region and a folder as its data, from `up` to nothing left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import boto3

    from .conftest import Weather

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("up-and-destroy"),
]

STORAGE = "storage: {expire_noncurrent_days: 7, archive_after_days: 30, replicate_to: eu-central-1}\n"


@pytest.fixture(scope="module")
def outputs(weather: Weather) -> dict[str, Any]:
    file = weather.directory / "mlstack.yaml"
    spec = file.read_text().replace("source: data/weather.csv", "source: data")
    file.write_text(f"{STORAGE}{spec}")
    found: dict[str, Any] = weather.json("up", "local")["outputs"]
    return found


def _copy_of(aws: boto3.Session, bucket: str) -> str:
    """The name of a bucket's copy: where the environment's own configuration says that it is."""
    rules = aws.client("s3").get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]["Rules"]
    return rules[0]["Destination"]["Bucket"].rpartition(":")[2]


def _keys(aws: boto3.Session, bucket: str) -> list[str]:
    return sorted(each.key for each in aws.resource("s3").Bucket(bucket).objects.all())


def test_what_the_stack_and_up_put_there_is_copied(outputs: dict[str, Any], aws: boto3.Session) -> None:
    data, artifacts = outputs["data_bucket"], outputs["artifact_bucket"]
    prefix = outputs["data_uri"].removeprefix(f"s3://{data}/")
    assert _keys(aws, data) == [
        f"{prefix}DATA.md",
        f"{prefix}weather.csv",
        f"{prefix.removesuffix('files/')}manifest.json",
    ]
    assert _keys(aws, _copy_of(aws, data)) == _keys(aws, data)
    assert _keys(aws, artifacts) == [outputs["code_uri"].removeprefix(f"s3://{artifacts}/")]
    assert _keys(aws, _copy_of(aws, artifacts)) == _keys(aws, artifacts)


def test_a_copy_is_in_the_other_region_under_a_key_of_it(outputs: dict[str, Any], aws: boto3.Session) -> None:
    copy = _copy_of(aws, outputs["data_bucket"])
    assert aws.client("s3").get_bucket_location(Bucket=copy)["LocationConstraint"] == "eu-central-1"
    key = aws.client("s3").head_object(Bucket=copy, Key=_keys(aws, copy)[0])["SSEKMSKeyId"]
    assert key.startswith("arn:aws:kms:eu-central-1:")
    assert aws.client("kms", "eu-central-1").describe_key(KeyId=key)["KeyMetadata"]["Enabled"]
    assert outputs["encryption_key_arn"].startswith("arn:aws:kms:us-east-1:")


def test_a_second_up_changes_and_sends_nothing(weather: Weather, outputs: dict[str, Any]) -> None:
    ended = weather.mlstack("up", "local", "--refresh")
    assert "is there already" in ended.stderr
    assert weather.json("up", "local")["changes"] == []


def test_without_the_part_only_the_copies_go(weather: Weather, outputs: dict[str, Any], aws: boto3.Session) -> None:
    copies = [_copy_of(aws, outputs[f"{what}_bucket"]) for what in ("data", "artifact")]
    file = weather.directory / "mlstack.yaml"
    spec = file.read_text()
    file.write_text(spec.replace(STORAGE, ""))
    for bucket in copies:
        aws.resource("s3").Bucket(bucket).object_versions.delete()
    changed = weather.json("up", "local")["changes"]
    deleted = {each["urn"] for each in changed if each["operation"] == "delete"}
    assert deleted
    # All of it belongs to the component of the copies.
    assert {urn for urn in deleted if "mlstack:aws:BucketReplicas" not in urn} == set()
    assert {each["urn"].rsplit("::", 1)[-1] for each in changed if each["operation"] == "update"} == {
        f"storms-local-{what}-lifecycle" for what in ("data", "artifacts", "logs")
    }
    file.write_text(spec)
    weather.json("up", "local")


def test_pushed_data_is_data_and_goes_only_when_told_to(weather: Weather, outputs: dict[str, Any]) -> None:
    refused = weather.mlstack("destroy", "local", "--yes", exit_code=1)
    assert f"bucket {outputs['data_bucket']}: 3 objects" in refused.stderr
    gone = weather.json("destroy", "local", "--delete-data", "--yes")
    assert gone["left"] == []
    # The keys of both regions await their deletion, and each is asked for where it is.
    assert len([each for each in gone["kept"] if each.startswith("KMS key")]) == 2
