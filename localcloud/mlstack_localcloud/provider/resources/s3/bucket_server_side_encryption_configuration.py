"""aws.s3.BucketServerSideEncryptionConfiguration."""

from mlstack_localcloud.provider.model import ANY, Call, Property, ResourceType

_PUT = Call("PutBucketEncryption")

TYPE = ResourceType(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    service="s3",
    id="{bucket}",
    properties=(
        Property("bucket", "Bucket", result=""),
        Property(
            "rules",
            "ServerSideEncryptionConfiguration.Rules",
            nested_defaults={"bucketKeyEnabled": False, "blockedEncryptionTypes": ANY},
        ),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetBucketEncryption", {"Bucket": "bucket"}),),
    deletes=(Call("DeleteBucketEncryption", {"Bucket": "bucket"}),),
    gone=("NoSuchBucket", "ServerSideEncryptionConfigurationNotFoundError"),
    not_implemented=("expectedBucketOwner",),
)
