"""The condition that a request to S3 may make on a bucket's owner.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html. moto does not look at it. All buckets
here are of one account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..home import ACCOUNT
from .authorization.sources import backend

if TYPE_CHECKING:
    from .wire import WireRequest

_HEADERS = ("x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner")


def expects_another_owner(request: WireRequest) -> bool:
    """Tell whether a request is for a bucket that is there and expects it to be another account's.

    Args:
        request: The request; the bucket is the first part of the path.
    """
    if all(request.headers.get(name, ACCOUNT) == ACCOUNT for name in _HEADERS):
        return False
    return unquote(request.path.lstrip("/")).partition("/")[0] in backend("s3", "aws", "buckets")
