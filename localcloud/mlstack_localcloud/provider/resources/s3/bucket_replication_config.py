"""aws.s3.BucketReplicationConfig."""

from mlstack_localcloud.provider.model import ANY, Call, Nested, Property, ResourceType

_PUT = Call("PutBucketReplication")

TYPE = ResourceType(
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    service="s3",
    id="{bucket}",
    properties=(
        Property("bucket", "Bucket", result=""),
        Property("role", "ReplicationConfiguration.Role"),
        Property(
            "rules",
            "ReplicationConfiguration.Rules",
            # S3 names a rule that has no id, and gives it a priority.
            nested_defaults={"id": ANY, "priority": ANY},
        ),
        Property("token", "Token", result=""),
    ),
    nested=(Nested("tags", "Tags", pairs=True),),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetBucketReplication", {"Bucket": "bucket"}),),
    deletes=(Call("DeleteBucketReplication", {"Bucket": "bucket"}),),
    gone=("NoSuchBucket", "ReplicationConfigurationNotFoundError"),
)
