"""aws.s3.BucketOwnershipControls."""

from mlstack_localcloud.provider.model import Call, Nested, Property, ResourceType

_PUT = Call("PutBucketOwnershipControls")

TYPE = ResourceType(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    service="s3",
    id="{bucket}",
    properties=(
        Property("bucket", "Bucket", result=""),
        Property("rule", "OwnershipControls.Rules", result="OwnershipControls.rule"),
    ),
    nested=(Nested("rule", "Rules", single=True),),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetBucketOwnershipControls", {"Bucket": "bucket"}),),
    deletes=(Call("DeleteBucketOwnershipControls", {"Bucket": "bucket"}),),
    gone=("NoSuchBucket", "OwnershipControlsNotFoundError"),
)
