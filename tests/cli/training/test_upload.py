import hashlib
from pathlib import Path
from typing import Any

import boto3
import pytest
from mlstack.training.upload import Source, code_source, data_source
from mlstack_components.aws.bundle import bundle
from mlstack_components.errors import UserError


@pytest.fixture
def s3(session: boto3.Session) -> Any:
    client = session.client("s3")
    client.create_bucket(Bucket="artifacts")
    client.create_bucket(Bucket="data")
    return client


@pytest.fixture
def source(tmp_path: Path) -> Path:
    directory = tmp_path / "src"
    directory.mkdir()
    (directory / "train.py").write_text("print(1)\n")
    return directory


def _keys(s3: Any, bucket: str) -> list[str]:
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_unchanged_code_is_the_stack_s(s3: Any, source: Path) -> None:
    stack = f"s3://artifacts/code/{bundle(source).digest}/sourcedir.tar.gz"
    assert code_source(s3, source, "artifacts", stack) == Source(stack)
    assert _keys(s3, "artifacts") == []


def test_changed_code_goes_under_the_data_scientists_prefix_once(s3: Any, source: Path) -> None:
    stack = f"s3://artifacts/code/{bundle(source).digest}/sourcedir.tar.gz"
    (source / "train.py").write_text("print(2)\n")
    archive = bundle(source)
    key = f"runs/code/{archive.digest}/sourcedir.tar.gz"
    assert code_source(s3, source, "artifacts", stack) == Source(f"s3://artifacts/{key}", changed=True, uploaded=True)
    assert s3.get_object(Bucket="artifacts", Key=key)["Body"].read() == archive.content
    assert code_source(s3, source, "artifacts", stack).uploaded is False
    assert _keys(s3, "artifacts") == [key]


def test_code_of_a_stack_without_a_bundle(s3: Any, source: Path) -> None:
    assert code_source(s3, source, "artifacts", None).uploaded


def test_data_likewise(s3: Any, tmp_path: Path) -> None:
    file = tmp_path / "weather.csv"
    file.write_bytes(b"a,b\n1,2\n")
    digest = hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    stack = f"s3://data/data/{digest}/weather.csv"
    assert data_source(s3, file, "data", stack) == Source(stack)
    file.write_bytes(b"a,b\n1,3\n")
    digest = hashlib.sha256(b"a,b\n1,3\n").hexdigest()
    uri = f"s3://data/runs/data/{digest}/weather.csv"
    assert data_source(s3, file, "data", stack) == Source(uri, changed=True, uploaded=True)
    assert _keys(s3, "data") == [uri.removeprefix("s3://data/")]
    assert data_source(s3, file, "data", stack) == Source(uri, changed=True, uploaded=False)


def test_missing_data_is_told_before_anything_is_uploaded(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"weather\.csv does not exist"):
        data_source(s3, tmp_path / "weather.csv", "data", None)
