"""aws.s3.BucketPublicAccessBlock."""

from mlstack_localcloud.provider.model import Call, Kind, Property, ResourceType, When

_PUT = Call("PutPublicAccessBlock")

TYPE = ResourceType(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    service="s3",
    id="{bucket}",
    properties=(
        Property("bucket", "Bucket", result=""),
        Property("blockPublicAcls", "PublicAccessBlockConfiguration.BlockPublicAcls", default=False),
        Property("blockPublicPolicy", "PublicAccessBlockConfiguration.BlockPublicPolicy", default=False),
        Property("ignorePublicAcls", "PublicAccessBlockConfiguration.IgnorePublicAcls", default=False),
        Property("restrictPublicBuckets", "PublicAccessBlockConfiguration.RestrictPublicBuckets", default=False),
        Property("skipDestroy", kind=Kind.SETTING),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetPublicAccessBlock", {"Bucket": "bucket"}),),
    deletes=(Call("DeletePublicAccessBlock", {"Bucket": "bucket"}, when=When("skipDestroy", negated=True)),),
    gone=("NoSuchBucket", "NoSuchPublicAccessBlockConfiguration"),
)
