"""URLs that carry their signature: what boto3 makes by default, SigV4, and SigV2, which it still makes on request."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Wire

BUCKET = "presigned-urls"
KEY = "a folder/ü+&=.csv"
VERSIONS = ["s3v4", "s3", None]


@pytest.fixture(scope="module", autouse=True)
def _bucket(wire: Wire) -> Iterator[None]:
    client = wire.client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key=KEY, Body=b"content")
    yield
    for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=each["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture(params=VERSIONS, ids=lambda version: version or "default")
def version(request: pytest.FixtureRequest) -> str | None:
    chosen: str | None = request.param
    return chosen


def test_reading(wire: Wire, version: str | None) -> None:
    assert _open(_url(wire, version, "get_object", Key=KEY)) == b"content"


def test_writing(wire: Wire, version: str | None) -> None:
    url = _url(wire, version, "put_object", Key=f"written-{version}", ContentType="text/csv")
    _open(Request(url, data=b"1,2", method="PUT", headers={"Content-Type": "text/csv"}))

    assert wire.client("s3").get_object(Bucket=BUCKET, Key=f"written-{version}")["Body"].read() == b"1,2"


def test_overridden_response_headers(wire: Wire, version: str | None) -> None:
    url = _url(wire, version, "get_object", Key=KEY, ResponseContentType="text/plain")

    with urlopen(url) as answer:
        assert answer.headers["Content-Type"] == "text/plain"


def test_temporary_keys(wire: Wire, version: str | None) -> None:
    keys = wire.client("sts").get_session_token()["Credentials"]
    client = wire.client(
        "s3",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        config=Config(signature_version=version),
    )

    assert _open(client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": KEY})) == b"content"


def test_another_method_key_or_signature_is_refused(wire: Wire, version: str | None) -> None:
    url = _url(wire, version, "get_object", Key=KEY)

    assert _refusal(Request(url, method="DELETE")) == (403, "SignatureDoesNotMatch")
    assert _refusal(url.replace("csv", "txt", 1)) == (403, "SignatureDoesNotMatch")
    assert _refusal(url.replace(wire.access_key, "AKIAIOSFODNN7EXAMPLE")) == (403, "InvalidAccessKeyId")


def test_an_expired_url_is_refused(wire: Wire, version: str | None) -> None:
    client = wire.client("s3", config=Config(signature_version=version))
    url = client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": KEY}, ExpiresIn=1)
    time.sleep(2.1)

    status, code = _refusal(url)
    assert (status, code) == (403, "AccessDenied")


def test_an_address_without_signature_is_refused(wire: Wire) -> None:
    assert _refusal(f"{wire.url}/{BUCKET}/key") == (403, "AccessDenied")


def test_an_identity_can_be_proven_by_a_presigned_url(wire: Wire) -> None:
    url = wire.client("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")

    assert b"arn:aws:iam::000000000000:root" in _open(url)


def _url(wire: Wire, version: str | None, operation: str, **parameters: str) -> str:
    client = wire.client("s3", config=Config(signature_version=version))
    url: str = client.generate_presigned_url(operation, Params={"Bucket": BUCKET, **parameters})
    return url


def _open(address: str | Request) -> bytes:
    with urlopen(address) as answer:
        content: bytes = answer.read()
        return content


def _refusal(address: str | Request) -> tuple[int, str]:
    with pytest.raises(HTTPError) as refused:
        _open(address)
    with refused.value as answer:
        text = answer.read().decode()
    return refused.value.code, text.partition("<Code>")[2].partition("</Code>")[0]
