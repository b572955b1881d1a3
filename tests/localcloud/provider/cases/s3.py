from __future__ import annotations

import json
from typing import Any

import pulumi
from pulumi_aws import s3

from . import Case, Shared


def _policy(bucket: str, effect: str = "Deny") -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Tls",
                    "Effect": effect,
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }
    )


def _log_delivery(bucket: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _sse(key_enabled: bool = True) -> dict[str, Any]:
    default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
        sse_algorithm="aws:kms"
    )
    return {
        "rules": [
            s3.BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=default, bucket_key_enabled=key_enabled
            )
        ]
    }


def _lifecycle(days: int) -> dict[str, Any]:
    return {
        "rules": [
            s3.BucketLifecycleConfigurationRuleArgs(
                id="uploads",
                status="Enabled",
                abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=days
                ),
            ),
            s3.BucketLifecycleConfigurationRuleArgs(
                id="versions",
                status="Enabled",
                filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="data/"),
                noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=30
                ),
            ),
        ]
    }


def _replication(shared: Shared, prefix: str, status: str = "Enabled") -> list[Any]:
    """A rule as the copies of buckets have it."""
    encryption = s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
        replica_kms_key_id="arn:aws:kms:eu-west-1:000000000000:key/0f0f0f0f"
    )
    encrypted = s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(status="Enabled")
    rule = s3.BucketReplicationConfigRuleArgs(
        id="everything",
        priority=1,
        status=status,
        filter=s3.BucketReplicationConfigRuleFilterArgs(prefix=prefix),
        delete_marker_replication=s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status="Disabled"),
        destination=s3.BucketReplicationConfigRuleDestinationArgs(
            bucket=shared.other.arn, encryption_configuration=encryption
        ),
        source_selection_criteria=s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
            sse_kms_encrypted_objects=encrypted
        ),
    )
    return [rule]


def _versioned(bucket: Any, versioning: Any) -> Any:
    """A bucket's name, once it is versioned: S3 replicates no other."""
    return pulumi.Output.all(bucket.bucket, versioning.id).apply(lambda both: both[0])


_ROLE = "arn:aws:iam::000000000000:role/replication"


def _of(name: str, **more: Any) -> Any:
    """Inputs on a bucket of the case's own."""
    return lambda shared: {"bucket": getattr(shared, name).bucket, **more}


CASES = [
    Case(
        token="aws:s3/bucket:Bucket",
        make=s3.Bucket,
        inputs=lambda _: {"tags": {"a": "1"}, "force_destroy": True},
        outputs=("arn", "bucket", "bucketDomainName", "bucketRegionalDomainName", "tagsAll", "region"),
        change=lambda _: {"tags": {"a": "2", "b": "3"}},
        replace=lambda _: {"object_lock_enabled": True},
        tamper=lambda aws, o: aws("s3").put_bucket_tagging(
            Bucket=o["bucket"], Tagging={"TagSet": [{"Key": "a", "Value": "by hand"}]}
        ),
        remove=lambda aws, o: aws("s3").delete_bucket(Bucket=o["bucket"]),
        import_inputs=lambda o: {"bucket": o["bucket"]},
        not_imported=("forceDestroy",),
    ),
    Case(
        token="aws:s3/bucketVersioning:BucketVersioning",
        make=s3.BucketVersioning,
        inputs=_of(
            "versioned", versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled")
        ),
        outputs=("bucket",),
        change=lambda _: {
            "versioning_configuration": s3.BucketVersioningVersioningConfigurationArgs(status="Suspended")
        },
        replace=lambda shared: {"bucket": shared.other.bucket},
        tamper=lambda aws, o: aws("s3").put_bucket_versioning(
            Bucket=o["bucket"], VersioningConfiguration={"Status": "Enabled"}
        ),
        # Versioning can't be taken away again.
        remove=lambda aws, o: aws("s3").put_bucket_versioning(
            Bucket=o["bucket"], VersioningConfiguration={"Status": "Enabled"}
        ),
        restored_by="update",
    ),
    Case(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        make=s3.BucketServerSideEncryptionConfiguration,
        inputs=_of("plain", **_sse()),
        outputs=("bucket",),
        change=lambda _: _sse(key_enabled=False),
        replace=lambda shared: {"bucket": shared.other.bucket},
        tamper=lambda aws, o: aws("s3").put_bucket_encryption(
            Bucket=o["bucket"],
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        ),
        remove=lambda aws, o: aws("s3").delete_bucket_encryption(Bucket=o["bucket"]),
    ),
    Case(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        make=s3.BucketPublicAccessBlock,
        inputs=_of("plain", block_public_acls=True, block_public_policy=True, ignore_public_acls=True),
        outputs=("bucket", "blockPublicAcls"),
        change=lambda _: {"restrict_public_buckets": True},
        replace=lambda shared: {"bucket": shared.other.bucket},
        tamper=lambda aws, o: aws("s3").put_public_access_block(
            Bucket=o["bucket"], PublicAccessBlockConfiguration={"BlockPublicAcls": False}
        ),
        remove=lambda aws, o: aws("s3").delete_public_access_block(Bucket=o["bucket"]),
    ),
    Case(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        make=s3.BucketOwnershipControls,
        inputs=_of("plain", rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced")),
        outputs=("bucket", "rule"),
        change=lambda _: {"rule": s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerPreferred")},
        replace=lambda shared: {"bucket": shared.other.bucket},
        tamper=lambda aws, o: aws("s3").put_bucket_ownership_controls(
            Bucket=o["bucket"], OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
        remove=lambda aws, o: aws("s3").delete_bucket_ownership_controls(Bucket=o["bucket"]),
    ),
    Case(
        token="aws:s3/bucketPolicy:BucketPolicy",
        make=s3.BucketPolicy,
        inputs=lambda shared: {"bucket": shared.policed.bucket, "policy": shared.policed.bucket.apply(_policy)},
        outputs=("bucket", "policy"),
        change=lambda shared: {"policy": shared.policed.bucket.apply(lambda b: _policy(b, "Allow"))},
        replace=lambda shared: {"bucket": shared.other_policed.bucket},
        tamper=lambda aws, o: aws("s3").put_bucket_policy(
            Bucket=o["bucket"], Policy=_policy(o["bucket"]).replace("s3:*", "s3:GetObject")
        ),
        remove=lambda aws, o: aws("s3").delete_bucket_policy(Bucket=o["bucket"]),
    ),
    Case(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        make=s3.BucketLifecycleConfiguration,
        inputs=_of("plain", **_lifecycle(7)),
        outputs=("bucket", "rules"),
        change=lambda _: _lifecycle(3),
        replace=lambda shared: {"bucket": shared.other.bucket},
        tamper=lambda aws, o: aws("s3").put_bucket_lifecycle_configuration(
            Bucket=o["bucket"],
            LifecycleConfiguration={
                "Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
            },
        ),
        remove=lambda aws, o: aws("s3").delete_bucket_lifecycle(Bucket=o["bucket"]),
    ),
    Case(
        token="aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        make=s3.BucketReplicationConfig,
        inputs=lambda shared: {
            "bucket": _versioned(shared.replicated, shared.replicated_versioning),
            "role": _ROLE,
            "rules": _replication(shared, ""),
        },
        outputs=("bucket", "role", "rules"),
        change=lambda shared: {"role": f"{_ROLE}-2", "rules": _replication(shared, "data/", "Disabled")},
        replace=lambda shared: {"bucket": _versioned(shared.other_replicated, shared.other_replicated_versioning)},
        tamper=lambda aws, o: aws("s3").put_bucket_replication(
            Bucket=o["bucket"],
            ReplicationConfiguration={
                "Role": _ROLE,
                "Rules": [
                    {
                        "ID": "by-hand",
                        "Priority": 1,
                        "Status": "Enabled",
                        "Filter": {"Prefix": "hand/"},
                        "DeleteMarkerReplication": {"Status": "Disabled"},
                        "Destination": {"Bucket": "arn:aws:s3:::elsewhere"},
                    }
                ],
            },
        ),
        remove=lambda aws, o: aws("s3").delete_bucket_replication(Bucket=o["bucket"]),
    ),
    Case(
        token="aws:s3/bucketLogging:BucketLogging",
        make=s3.BucketLogging,
        inputs=lambda shared: {
            "bucket": shared.plain.bucket,
            "target_bucket": pulumi.Output.all(shared.logs.bucket, shared.log_policy.id).apply(lambda both: both[0]),
            "target_prefix": "plain/",
        },
        outputs=("bucket", "targetBucket"),
        change=lambda _: {"target_prefix": "else/"},
        replace=lambda shared: {"bucket": shared.other.bucket},
        tamper=lambda aws, o: aws("s3").put_bucket_logging(
            Bucket=o["bucket"],
            BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": o["targetBucket"], "TargetPrefix": "hand/"}},
        ),
        remove=lambda aws, o: aws("s3").put_bucket_logging(Bucket=o["bucket"], BucketLoggingStatus={}),
    ),
    Case(
        token="aws:s3/bucketNotification:BucketNotification",
        make=s3.BucketNotification,
        inputs=_of("plain", eventbridge=True),
        outputs=("bucket", "eventbridge"),
        change=lambda _: {"eventbridge": False},
        replace=lambda shared: {"bucket": shared.other.bucket},
        tamper=lambda aws, o: aws("s3").put_bucket_notification_configuration(
            Bucket=o["bucket"],
            NotificationConfiguration={} if o["eventbridge"] else {"EventBridgeConfiguration": {}},
        ),
        # A bucket always has a configuration, an empty one at least.
        remove=lambda aws, o: aws("s3").put_bucket_notification_configuration(
            Bucket=o["bucket"],
            NotificationConfiguration={} if o["eventbridge"] else {"EventBridgeConfiguration": {}},
        ),
        restored_by="update",
    ),
    Case(
        token="aws:s3/bucketObjectv2:BucketObjectv2",
        make=s3.BucketObjectv2,
        inputs=lambda shared: {
            "bucket": shared.plain.bucket,
            "key": "data/rows.csv",
            "source": pulumi.StringAsset("a,b\n1,2\n"),
            "content_type": "text/csv",
            "tags": {"a": "1"},
        },
        outputs=("arn", "key", "bucket", "etag", "tagsAll"),
        change=lambda _: {"source": pulumi.StringAsset("a,b\n3,4\n"), "tags": {"a": "2"}},
        replace=lambda _: {"key": "data/other.csv"},
        tamper=lambda aws, o: aws("s3").put_object(
            Bucket=o["bucket"], Key=o["key"], Body=b"by hand", ContentType="text/csv"
        ),
        remove=lambda aws, o: aws("s3").delete_object(Bucket=o["bucket"], Key=o["key"]),
        import_id=lambda o: f"{o['bucket']}/{o['key']}",
        not_imported=("source",),
    ),
]


def shared(resources: Shared) -> None:
    """Buckets that no case touches."""
    for name in ("plain", "versioned", "other", "logs", "policed", "other_policed", "replicated", "other_replicated"):
        resources.resources[name] = s3.Bucket(name.replace("_", "-"), force_destroy=True)
    # Without this policy S3 refuses to deliver its access logs.
    resources.resources["log_policy"] = s3.BucketPolicy(
        "log-policy", bucket=resources.logs.bucket, policy=resources.logs.bucket.apply(_log_delivery)
    )
    for name in ("replicated", "other_replicated"):
        resources.resources[f"{name}_versioning"] = s3.BucketVersioning(
            f"{name.replace('_', '-')}-versioning",
            bucket=resources.resources[name].bucket,
            versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        )
