"""aws.s3.BucketObjectv2."""

from mlstack_localcloud.provider.model import (
    Call,
    Kind,
    Name,
    Output,
    Property,
    ResourceType,
    Source,
    Sweep,
    Tags,
    When,
)

_OBJECT: dict[str, Source] = {"Bucket": "bucket", "Key": "key"}
_PUT = Call("PutObject")

TYPE = ResourceType(
    "aws:s3/bucketObjectv2:BucketObjectv2",
    service="s3",
    id="{key}",
    import_id="(?:s3://)?(?P<bucket>[^/]+)/(?P<key>.+)",
    # The logical name as it is: an object's key needs to be unique in its bucket only.
    name=Name("key", longest=1024, random=False),
    properties=(
        Property("bucket", "Bucket", result="", replaces=True, source="another bucket is another object"),
        Property("key", "Key", result=""),
        Property("source", "Body", result="", kind=Kind.ASSET, witness="etag"),
        Property("content", "Body", result="", witness="etag"),
        Property("contentBase64", "Body", result="", kind=Kind.BASE64, witness="etag"),
        Property("bucketKeyEnabled", "BucketKeyEnabled", computed=True),
        Property("cacheControl", "CacheControl"),
        Property("contentDisposition", "ContentDisposition"),
        Property("contentEncoding", "ContentEncoding"),
        Property("contentLanguage", "ContentLanguage"),
        Property("contentType", "ContentType", computed=True),
        Property("forceDestroy", kind=Kind.SETTING, default=False),
        Property("kmsKeyId", "SSEKMSKeyId", kind=Kind.REFERENCE, computed=True),
        Property("metadata", "Metadata"),
        Property("serverSideEncryption", "ServerSideEncryption", computed=True),
        # Not sent: a program changes it to say that the content is another one.
        Property("sourceHash", kind=Kind.SETTING),
        Property("storageClass", "StorageClass", default="STANDARD"),
        Property("websiteRedirect", "WebsiteRedirectLocation"),
    ),
    outputs=(
        Output("arn", text="arn:{partition}:s3:::{bucket}/{key}"),
        Output("etag", result="ETag", changes=True),
        Output("versionId", result="VersionId", changes=True),
    ),
    create=_PUT,
    updates=(
        Call(
            "PutObject",
            on=(
                "source",
                "content",
                "contentBase64",
                "bucketKeyEnabled",
                "cacheControl",
                "contentDisposition",
                "contentEncoding",
                "contentLanguage",
                "contentType",
                "kmsKeyId",
                "metadata",
                "serverSideEncryption",
                "sourceHash",
                "storageClass",
                "websiteRedirect",
            ),
        ),
    ),
    # What PutObject chose besides, it does not tell.
    answers=(Call("HeadObject", _OBJECT, takes=()),),
    reads=(Call("HeadObject", _OBJECT, takes=()),),
    # All versions, or the bucket could not be deleted after it (terraform-provider-aws, service/s3/object.go).
    sweeps=(
        Sweep(
            when=When("versionId"),
            read=Call("ListObjectVersions", {"Bucket": "bucket", "Prefix": "key"}, takes=()),
            entries=("Versions", "DeleteMarkers"),
            members=("Key", "VersionId"),
            delete=Call("DeleteObjects", {"Bucket": "bucket"}, takes=()),
            into="Delete.Objects",
            only={"Key": "key"},
        ),
    ),
    deletes=(Call("DeleteObject", _OBJECT, takes=(), when=When("versionId", negated=True)),),
    tags=Tags(
        put=Call("PutObjectTagging", _OBJECT, takes=()),
        put_member="Tagging.TagSet",
        clear=Call("DeleteObjectTagging", _OBJECT, takes=()),
        read=Call("GetObjectTagging", _OBJECT, takes=()),
        result="TagSet",
        create_member="Tagging",
        encoded=True,
        rewritten=True,
    ),
    gone=("404", "NoSuchKey", "NoSuchBucket"),
    not_implemented=(
        "acl",
        "checksumAlgorithm",
        "etag",
        "objectLockLegalHoldStatus",
        "objectLockMode",
        "objectLockRetainUntilDate",
        "overrideProvider",
    ),
)
