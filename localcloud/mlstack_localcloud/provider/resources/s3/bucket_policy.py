"""aws.s3.BucketPolicy."""

from mlstack_localcloud.provider.model import Call, Kind, Property, ResourceType

_PUT = Call("PutBucketPolicy")

TYPE = ResourceType(
    "aws:s3/bucketPolicy:BucketPolicy",
    service="s3",
    id="{bucket}",
    properties=(
        Property("bucket", "Bucket", result=""),
        Property("policy", "Policy", kind=Kind.POLICY),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetBucketPolicy", {"Bucket": "bucket"}),),
    deletes=(Call("DeleteBucketPolicy", {"Bucket": "bucket"}),),
    gone=("NoSuchBucket", "NoSuchBucketPolicy"),
)
