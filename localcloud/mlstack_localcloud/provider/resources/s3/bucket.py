"""aws.s3.Bucket."""

from mlstack_localcloud.provider.model import (
    Call,
    Kind,
    Name,
    Output,
    Property,
    ResourceType,
    Sweep,
    Tags,
    Text,
    When,
)

TYPE = ResourceType(
    "aws:s3/bucket:Bucket",
    service="s3",
    id="{bucket}",
    name=Name("bucket", prefix_property="bucketPrefix", longest=63, lower=True),
    properties=(
        Property("bucket", "Bucket", result=""),
        Property("bucketPrefix"),
        Property("forceDestroy", kind=Kind.SETTING, default=False),
        Property("objectLockEnabled", "ObjectLockEnabledForBucket", result="", default=False),
    ),
    outputs=(
        Output("arn", text="arn:{partition}:s3:::{bucket}"),
        Output("bucketDomainName", text="{bucket}.s3.{dnsSuffix}"),
        Output("bucketRegionalDomainName", text="{bucket}.s3.{region}.{dnsSuffix}"),
        Output("bucketRegion", text="{region}"),
        Output("requestPayer", value="BucketOwner"),
    ),
    # us-east-1 is where a bucket is without a constraint, and no value of the constraint (CreateBucket).
    create=Call("CreateBucket", {"CreateBucketConfiguration.LocationConstraint": Text("{region}", unless="us-east-1")}),
    reads=(Call("HeadBucket", {"Bucket": "bucket"}),),
    deletes=(Call("DeleteBucket", {"Bucket": "bucket"}, takes=()),),
    sweeps=(
        Sweep(
            when=When("forceDestroy"),
            read=Call("ListObjectVersions", {"Bucket": "bucket"}, takes=()),
            entries=("Versions", "DeleteMarkers"),
            members=("Key", "VersionId"),
            delete=Call("DeleteObjects", {"Bucket": "bucket"}, takes=()),
            into="Delete.Objects",
        ),
    ),
    tags=Tags(
        put=Call("PutBucketTagging", {"Bucket": "bucket"}, takes=()),
        put_member="Tagging.TagSet",
        clear=Call("DeleteBucketTagging", {"Bucket": "bucket"}, takes=()),
        read=Call("GetBucketTagging", {"Bucket": "bucket"}, absent=("NoSuchTagSet",)),
        result="TagSet",
    ),
    gone=("NoSuchBucket", "404"),
    not_implemented=(
        "accelerationStatus",
        "acl",
        "bucketNamespace",
        "corsRules",
        "grants",
        "lifecycleRules",
        "logging",
        "objectLockConfiguration",
        "policy",
        "replicationConfiguration",
        "requestPayer",
        "serverSideEncryptionConfiguration",
        "versioning",
        "website",
    ),
)
