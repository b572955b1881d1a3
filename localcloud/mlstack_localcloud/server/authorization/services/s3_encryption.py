"""What the encryption of S3's objects with KMS needs of a caller.

`kms:GenerateDataKey` to write, `kms:Decrypt` to read, and both for uploads in parts; the encryption context is the
object's ARN, or the bucket's with a bucket key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html

Private parts of moto: `buckets`, `FakeBucket.encryption`, `FakeBucket.keys`, and of keys `kms_key_id`, `encryption`,
`bucket_key_enabled`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..encryption import is_customer_key, key_access
from ..sources import bucket_named

if TYPE_CHECKING:
    from ...wire import WireRequest
    from ..access import Access, Place

_KMS = ("aws:kms", "aws:kms:dsse")
_PREFIX = "arn:aws:s3:::"


def to_write(request: WireRequest, place: Place, resource: str, *, in_parts: bool) -> list[Access]:
    """Return the uses of keys that writing an object needs.

    Args:
        request: The request.
        place: Account and region of its caller.
        resource: The object's ARN.
        in_parts: Whether it is uploaded in parts.
    """
    bucket = _bucket(resource)
    rule = (getattr(bucket, "encryption", None) or {}).get("Rule", {})
    rule = rule[0] if isinstance(rule, list) else rule
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    algorithm = request.headers.get("x-amz-server-side-encryption") or default.get("SSEAlgorithm")
    if algorithm not in _KMS:
        return []
    key = request.headers.get("x-amz-server-side-encryption-aws-kms-key-id") or default.get("KMSMasterKeyID")
    if not is_customer_key(key):
        return []
    stated = request.headers.get("x-amz-server-side-encryption-bucket-key-enabled", rule.get("BucketKeyEnabled"))
    context = _context(resource, stated)
    actions = ["kms:GenerateDataKey", "kms:Decrypt"] if in_parts else ["kms:GenerateDataKey"]
    return [key_access(action, str(key), place, "s3", context) for action in actions]


def to_read(resource: str, place: Place, version: str | None = None) -> list[Access]:
    """Return the uses of keys that reading an object needs.

    Args:
        resource: The object's ARN.
        place: Account and region of its caller.
        version: The object's version; None for the newest.
    """
    bucket = _bucket(resource)
    name = resource.removeprefix(_PREFIX).partition("/")[2]
    versions: list[Any] = [] if bucket is None else bucket.keys.getlist(name, [])
    if version is not None:
        versions = [each for each in versions if str(each.version_id) == version]
    found = versions[-1] if versions else None
    key = getattr(found, "kms_key_id", None)
    if getattr(found, "encryption", None) not in _KMS or not is_customer_key(key):
        return []
    context = _context(resource, getattr(found, "bucket_key_enabled", False))
    return [key_access("kms:Decrypt", str(key), place, "s3", context)]


def _context(resource: str, bucket_key: object) -> dict[str, str]:
    enabled = str(bucket_key).lower() == "true"
    return {"aws:s3:arn": resource.partition("/")[0] if enabled else resource}


def _bucket(resource: str) -> Any:
    return bucket_named(resource.removeprefix(_PREFIX).partition("/")[0])
