"""aws.s3.BucketVersioning."""

from mlstack_localcloud.provider.model import Call, Const, Property, ResourceType

_PUT = Call("PutBucketVersioning")

TYPE = ResourceType(
    "aws:s3/bucketVersioning:BucketVersioning",
    service="s3",
    id="{bucket}",
    properties=(
        Property("bucket", "Bucket", result=""),
        Property("versioningConfiguration", "VersioningConfiguration", nested_defaults={"mfaDelete": "Disabled"}),
    ),
    create=_PUT,
    updates=(_PUT,),
    # A bucket that never had versioning has no status.
    reads=(Call("GetBucketVersioning", {"Bucket": "bucket"}, must="Status", into="VersioningConfiguration"),),
    # AWS cannot take versioning away again, only suspend it.
    deletes=(
        Call(
            "PutBucketVersioning",
            {"Bucket": "bucket", "VersioningConfiguration.Status": Const("Suspended")},
            takes=(),
        ),
    ),
    gone=("NoSuchBucket",),
    not_implemented=("expectedBucketOwner", "mfa"),
)
