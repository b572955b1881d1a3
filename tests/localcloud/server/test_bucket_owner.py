"""The condition on a bucket's owner, through boto3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from .conftest import Wire

STRANGER = "222222222222"


def test_a_request_that_expects_another_owner_is_refused_and_does_nothing(wire: Wire) -> None:
    s3 = wire.client("s3")
    s3.create_bucket(Bucket="owned")
    s3.put_object(Bucket="owned", Key="a", Body=b"1", ExpectedBucketOwner="000000000000")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket="owned", Key="a", Body=b"2", ExpectedBucketOwner=STRANGER)
    with pytest.raises(ClientError, match="403"):
        s3.head_bucket(Bucket="owned", ExpectedBucketOwner=STRANGER)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="owned", Key="a", ExpectedBucketOwner=STRANGER)
    assert s3.get_object(Bucket="owned", Key="a")["Body"].read() == b"1"


def test_a_bucket_that_is_not_there_is_not_there_whoever_should_own_it(wire: Wire) -> None:
    with pytest.raises(ClientError, match="404"):
        wire.client("s3").head_bucket(Bucket="nobodys", ExpectedBucketOwner=STRANGER)
