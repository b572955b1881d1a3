"""S3: the action of a request, by its method and sub-resource.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html for the actions,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html for the keys, and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html for what encryption with KMS needs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..access import Access, Place, UnknownActionError
from . import s3_encryption

if TYPE_CHECKING:
    from ...wire import WireRequest
    from ..context import Values

_BUCKET = {
    ("GET", ""): "ListBucket",
    ("HEAD", ""): "ListBucket",
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "uploads"): "ListBucketMultipartUploads",
    ("GET", "versions"): "ListBucketVersions",
    ("GET", "policyStatus"): "GetBucketPolicyStatus",
    ("DELETE", "policy"): "DeleteBucketPolicy",
    ("DELETE", "website"): "DeleteBucketWebsite",
    ("DELETE", "ownershipControls"): "PutBucketOwnershipControls",
}
_SETTINGS = {
    "accelerate": "AccelerateConfiguration",
    "acl": "BucketAcl",
    "analytics": "AnalyticsConfiguration",
    "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "logging": "BucketLogging",
    "metrics": "MetricsConfiguration",
    "notification": "BucketNotification",
    "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "replication": "ReplicationConfiguration",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
_OBJECT = {
    ("GET", ""): "GetObject",
    ("HEAD", ""): "GetObject",
    ("PUT", ""): "PutObject",
    ("DELETE", ""): "DeleteObject",
    ("GET", "acl"): "GetObjectAcl",
    ("PUT", "acl"): "PutObjectAcl",
    ("GET", "attributes"): "GetObjectAttributes",
    ("GET", "legal-hold"): "GetObjectLegalHold",
    ("PUT", "legal-hold"): "PutObjectLegalHold",
    ("GET", "retention"): "GetObjectRetention",
    ("PUT", "retention"): "PutObjectRetention",
    ("GET", "tagging"): "GetObjectTagging",
    ("PUT", "tagging"): "PutObjectTagging",
    ("DELETE", "tagging"): "DeleteObjectTagging",
    ("POST", "restore"): "RestoreObject",
    ("POST", "uploads"): "PutObject",
    ("POST", "uploadId"): "PutObject",
    ("PUT", "uploadId"): "PutObject",
    ("GET", "uploadId"): "ListMultipartUploadParts",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("POST", "select"): "GetObject",
}
_OF_VERSIONS = frozenset(
    {"DeleteObject", "DeleteObjectTagging", "GetObject", "GetObjectAcl", "GetObjectAttributes", "GetObjectTagging"}
    | {"PutObjectAcl", "PutObjectTagging"}
)
_KEYS_OF_QUERY = {"prefix": "s3:prefix", "delimiter": "s3:delimiter", "max-keys": "s3:max-keys"}
_KEYS_OF_HEADERS = (
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
)
_NAMED_KEY = re.compile(rb"<Key>(.*?)</Key>", re.DOTALL)
_SUB_RESOURCES = frozenset({*_SETTINGS, *(name for _, name in (*_BUCKET, *_OBJECT) if name), "delete"})


def accesses(request: WireRequest, place: Place) -> list[Access]:
    """Return what a request to S3 needs.

    Args:
        request: The request; the bucket is the first part of the path.
        place: Account and region of its caller.

    Raises:
        UnknownActionError: It is for a sub-resource that nobody here knows.
    """
    bucket, _, key = unquote(request.path.lstrip("/")).partition("/")
    if not bucket:
        return [Access("s3:ListAllMyBuckets")]
    subs = sorted(_SUB_RESOURCES.intersection(request.parameters)) if request.query else []
    keys = _keys(request)
    if not key:
        return _of_bucket(request, bucket, subs, keys)
    return _of_object(request, place, f"arn:aws:s3:::{bucket}/{key}", subs, keys)


def listing_of(request: WireRequest) -> Access:
    """Return what it takes to be told that an object is not there, beside the right to read it."""
    bucket = unquote(request.path.lstrip("/")).partition("/")[0]
    return Access("s3:ListBucket", f"arn:aws:s3:::{bucket}")


def is_object_read(request: WireRequest) -> bool:
    """Tell whether a request reads an object or its metadata."""
    return request.method in ("GET", "HEAD") and "/" in request.path.strip("/")


def _of_bucket(request: WireRequest, bucket: str, subs: list[str], keys: dict[str, Values]) -> list[Access]:
    resource = f"arn:aws:s3:::{bucket}"
    if request.method == "POST" and subs == ["delete"]:
        names = [name.decode("utf-8", "replace") for name in _NAMED_KEY.findall(request.body)]
        return [Access("s3:DeleteObject", f"{resource}/{name}", keys) for name in names]
    sub = subs[0] if subs else ""
    action = _BUCKET.get((request.method, sub)) if len(subs) < 2 else None  # noqa: PLR2004 - one sub-resource at most
    if action is None and sub in _SETTINGS and len(subs) == 1:
        # The deletion of a setting is authorised as its change.
        action = ("Get" if request.method == "GET" else "Put") + _SETTINGS[sub]
    if action is None:
        raise UnknownActionError(f"s3 {request.method} /?{request.query}")
    return [Access(f"s3:{action}", resource, keys)]


def _of_object(
    request: WireRequest, place: Place, resource: str, subs: list[str], keys: dict[str, Values]
) -> list[Access]:
    sub = "uploadId" if "uploadId" in subs else (subs[0] if subs else "")
    action = _OBJECT.get((request.method, sub))
    if action is None:
        raise UnknownActionError(f"s3 {request.method} /object?{request.query}")
    version = "versionId" in request.parameters and action in _OF_VERSIONS
    name = action.replace("Object", "ObjectVersion", 1) if version else action
    found = [Access(f"s3:{name}", resource, keys)]
    if action == "PutObject":
        found += _of_put(request, place, sub, keys)
        found += s3_encryption.to_write(request, place, resource, in_parts=bool(sub))
    elif action == "GetObject" and request.method == "GET":
        found += s3_encryption.to_read(resource, place, request.parameters.get("versionId"))
    return found


def _of_put(request: WireRequest, place: Place, sub: str, keys: dict[str, Values]) -> list[Access]:
    resource = f"arn:aws:s3:::{unquote(request.path.lstrip('/'))}"
    found = []
    if sub in ("", "uploads") and "x-amz-tagging" in request.headers:
        found.append(Access("s3:PutObjectTagging", resource, keys))
    if "x-amz-acl" in request.headers:
        found.append(Access("s3:PutObjectAcl", resource, keys))
    source = request.headers.get("x-amz-copy-source")
    if source:
        path, _, version = unquote(source).lstrip("/").partition("?versionId=")
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        found.append(Access(action, f"arn:aws:s3:::{path}"))
        found += s3_encryption.to_read(f"arn:aws:s3:::{path}", place, version or None)
    return found


def _keys(request: WireRequest) -> dict[str, Values]:
    keys: dict[str, Values] = {}
    if request.query:
        parameters = request.parameters
        keys = {key: (parameters[name],) for name, key in _KEYS_OF_QUERY.items() if name in parameters}
        if "versionId" in parameters:
            keys["s3:versionid"] = (parameters["versionId"],)
    keys.update((f"s3:{name}", (request.headers[name],)) for name in _KEYS_OF_HEADERS if name in request.headers)
    return keys
