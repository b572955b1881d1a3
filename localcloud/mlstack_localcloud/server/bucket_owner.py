"""The condition that a request to S3 may make on a bucket's owner.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html. moto does not look at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from .authorization.sources import bucket_named

if TYPE_CHECKING:
    from .wire import WireRequest

_BUCKET, _SOURCE = "x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"


def expects_another_owner(request: WireRequest) -> bool:
    """Tell whether a request is for a bucket that is there and expects it to be another account's.

    Args:
        request: The request; the bucket is the first part of the path.
    """
    expected = request.headers.get(_BUCKET)
    if expected is not None and _owner(request.path) not in {None, expected}:
        return True
    expected = request.headers.get(_SOURCE)
    return expected is not None and _owner(request.headers.get("x-amz-copy-source", "")) not in {None, expected}


def _owner(path: str) -> str | None:
    return getattr(bucket_named(unquote(path.lstrip("/")).partition("/")[0]), "account_id", None)
