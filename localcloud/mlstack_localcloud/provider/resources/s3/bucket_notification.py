"""aws.s3.BucketNotification."""

from mlstack_localcloud.provider.model import Call, Const, Kind, Property, ResourceType

_CONFIGURATION = "NotificationConfiguration"
_PUT = Call("PutBucketNotificationConfiguration", {_CONFIGURATION: Const({})})

TYPE = ResourceType(
    "aws:s3/bucketNotification:BucketNotification",
    service="s3",
    id="{bucket}",
    properties=(
        Property("bucket", "Bucket", result=""),
        Property(
            "eventbridge",
            f"{_CONFIGURATION}.EventBridgeConfiguration",
            result="EventBridgeConfiguration",
            kind=Kind.PRESENCE,
            default=False,
        ),
    ),
    create=_PUT,
    updates=(_PUT,),
    # A bucket that tells of nothing has an empty configuration, which is as good as none.
    reads=(Call("GetBucketNotificationConfiguration", {"Bucket": "bucket"}, takes=()),),
    deletes=(Call("PutBucketNotificationConfiguration", {"Bucket": "bucket", _CONFIGURATION: Const({})}, takes=()),),
    gone=("NoSuchBucket",),
    not_implemented=("lambdaFunctions", "queues", "topics"),
)
