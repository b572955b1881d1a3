"""aws.s3.BucketLogging."""

from mlstack_localcloud.provider.model import Call, Const, Property, ResourceType

_PUT = Call("PutBucketLogging")
_ENABLED = "BucketLoggingStatus.LoggingEnabled"

TYPE = ResourceType(
    "aws:s3/bucketLogging:BucketLogging",
    service="s3",
    id="{bucket}",
    properties=(
        Property("bucket", "Bucket", result=""),
        Property("targetBucket", f"{_ENABLED}.TargetBucket", result="TargetBucket"),
        Property("targetPrefix", f"{_ENABLED}.TargetPrefix", result="TargetPrefix"),
        Property("targetGrants", f"{_ENABLED}.TargetGrants", result="TargetGrants"),
        Property("targetObjectKeyFormat", f"{_ENABLED}.TargetObjectKeyFormat", result="TargetObjectKeyFormat"),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetBucketLogging", {"Bucket": "bucket"}, out_of="LoggingEnabled"),),
    deletes=(Call("PutBucketLogging", {"Bucket": "bucket", "BucketLoggingStatus": Const({})}, takes=()),),
    gone=("NoSuchBucket",),
    not_implemented=("expectedBucketOwner",),
)
