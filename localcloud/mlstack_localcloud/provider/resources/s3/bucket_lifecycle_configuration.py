"""aws.s3.BucketLifecycleConfiguration."""

from mlstack_localcloud.provider.model import Call, Property, ResourceType

_PUT = Call("PutBucketLifecycleConfiguration")

TYPE = ResourceType(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    service="s3",
    id="{bucket}",
    properties=(
        Property("bucket", "Bucket", result=""),
        Property(
            "rules",
            "LifecycleConfiguration.Rules",
            result="Rules",
            required=True,
            # AWS refuses a rule that does not say what it is for.
            entry_defaults=((("filter", "prefix"), {"prefix": ""}),),
            # A rule without a filter is answered with one that takes everything.
            nested_defaults={"filter": {}, "prefix": "", "expiredObjectDeleteMarker": False},
        ),
        Property(
            "transitionDefaultMinimumObjectSize",
            "TransitionDefaultMinimumObjectSize",
            default="all_storage_classes_128K",
        ),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetBucketLifecycleConfiguration", {"Bucket": "bucket"}),),
    deletes=(Call("DeleteBucketLifecycle", {"Bucket": "bucket"}),),
    gone=("NoSuchBucket", "NoSuchLifecycleConfiguration"),
    not_implemented=("expectedBucketOwner", "timeouts"),
)
