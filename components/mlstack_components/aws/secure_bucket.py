"""A bucket with everything that a bucket of ours has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.bucket_policy import bucket_policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_components.aws.placement import Placement

ABORTED_UPLOAD_DAYS = 7
"""After how many days the parts of an upload that never ended are removed."""


ARCHIVE_CLASS = "GLACIER_IR"
"""The cheapest class that jobs read as any other; each object is billed for 90 days at least
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html)."""


@dataclass(frozen=True, kw_only=True)
class SecureBucketArgs:
    """What a bucket is made from."""

    placement: Placement
    """The account and region."""
    encryption_key_arn: pulumi.Input[str] | None
    """The key of its objects; None only for access logs, which S3 delivers to buckets without a KMS key alone."""
    noncurrent_days: int
    """For how many days a replaced or deleted version of an object is kept."""
    archive_after_days: int | None = None
    """After how many days objects move to a cheaper class that answers at once (`GLACIER_IR`); None for never."""
    expiration_days: int | None = None
    """After how many days objects expire; None keeps them."""
    elsewhere: bool = False
    """Whether `placement` is in another region than the provider's, so that the resources name it."""
    log_bucket: pulumi.Input[str] | None = None
    """The bucket of the access logs; None only for the log bucket itself."""
    log_bucket_ready: Sequence[pulumi.Resource] = ()
    """What must be there before accesses are logged: the log bucket's policy, which lets S3 deliver them."""
    log_prefix: str = ""
    """Where in the log bucket."""
    receives_access_logs: bool = False
    """Whether S3 may deliver access logs into it."""
    reader_accounts: Sequence[str] = ()
    """Other accounts that may read some of the objects."""
    readable_keys: Sequence[str] = ()
    """Which, as patterns of their keys."""
    writers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Who alone may write below a prefix, by ARN: everybody else is refused, whatever else lets them."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the bucket."""

    @property
    def region_named(self) -> str | None:
        """The region that the resources name; None for the provider's own."""
        return self.placement.region if self.elsewhere else None


@dataclass(frozen=True)
class SecureBucket:
    """A bucket, and what must be there before objects are put into it.

    Attributes:
        bucket: The bucket.
        name: Its name, known as soon as it keeps versions: what needs the name alone is put there with a version, and
            leaves no marker behind when it is deleted.
        ready: Its encryption, versioning and policy: objects depend on them.
        settings: All that is set on it, `ready` included.
    """

    bucket: aws.s3.Bucket
    name: pulumi.Output[str]
    ready: list[pulumi.Resource]
    settings: list[pulumi.Resource]


def secure_bucket(name: str, args: SecureBucketArgs, parent: pulumi.Resource) -> SecureBucket:
    """Declare a bucket and its settings.

    Private, without ACLs, encrypted, versioned, reachable over TLS alone, its accesses logged, and protected while it
    is not empty. Rules: S3.1, .2, .3, .5, .8, .9, .13, .14, .17; CKV_AWS_18/19/21/53-56/145/300, CKV2_AWS_6/61/65.

    Args:
        name: The logical name; the provider makes the bucket's name from it.
        args: What differs between buckets.
        parent: The component that it belongs to.
    """
    child = pulumi.ResourceOptions(parent=parent)
    bucket = aws.s3.Bucket(
        name, aws.s3.BucketArgs(region=args.region_named, force_destroy=False, tags=args.tags), child
    )
    closed = _closed(name, bucket, args, child)
    # S3 refuses two changes of a bucket's public settings at once, so the policy follows the public-access block.
    policy = aws.s3.BucketPolicy(
        f"{name}-policy",
        aws.s3.BucketPolicyArgs(region=args.region_named, bucket=bucket.bucket, policy=_policy(bucket, args)),
        pulumi.ResourceOptions(parent=parent, depends_on=closed[:1]),
    )
    versioning, encryption = _stored_safely(name, bucket, args, child)
    ready: list[pulumi.Resource] = [policy, versioning, encryption]
    kept = _kept(name, bucket, args, child, versioning)
    return SecureBucket(bucket, versioning.bucket, ready, [*closed, *ready, *kept])


def _closed(
    name: str, bucket: aws.s3.Bucket, args: SecureBucketArgs, child: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """The public-access block, and that there are no ACLs."""
    private = aws.s3.BucketPublicAccessBlock(
        f"{name}-public-access",
        aws.s3.BucketPublicAccessBlockArgs(
            region=args.region_named,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        ),
        child,
    )
    ownership = aws.s3.BucketOwnershipControls(
        f"{name}-ownership",
        aws.s3.BucketOwnershipControlsArgs(
            region=args.region_named,
            bucket=bucket.bucket,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        ),
        child,
    )
    return [private, ownership]


def _stored_safely(
    name: str, bucket: aws.s3.Bucket, args: SecureBucketArgs, child: pulumi.ResourceOptions
) -> tuple[aws.s3.BucketVersioning, aws.s3.BucketServerSideEncryptionConfiguration]:
    versioning = aws.s3.BucketVersioning(
        f"{name}-versioning",
        aws.s3.BucketVersioningInitArgs(
            region=args.region_named,
            bucket=bucket.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        ),
        child,
    )
    encryption = aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        aws.s3.BucketServerSideEncryptionConfigurationInitArgs(
            region=args.region_named, bucket=bucket.bucket, rules=[_encryption_rule(args.encryption_key_arn)]
        ),
        child,
    )
    return versioning, encryption


def _kept(
    name: str,
    bucket: aws.s3.Bucket,
    args: SecureBucketArgs,
    child: pulumi.ResourceOptions,
    versioning: pulumi.Resource,
) -> list[pulumi.Resource]:
    """What expires, and what is logged."""
    # Rules for noncurrent versions need versioning to be on.
    lifecycle = aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        aws.s3.BucketLifecycleConfigurationArgs(
            region=args.region_named, bucket=bucket.bucket, rules=lifecycle_rules(args)
        ),
        pulumi.ResourceOptions(parent=child.parent, depends_on=[versioning]),
    )
    if args.log_bucket is None:
        return [lifecycle]
    logging = aws.s3.BucketLogging(
        f"{name}-logging",
        aws.s3.BucketLoggingInitArgs(
            region=args.region_named, bucket=bucket.bucket, target_bucket=args.log_bucket, target_prefix=args.log_prefix
        ),
        pulumi.ResourceOptions(parent=child.parent, depends_on=list(args.log_bucket_ready)),
    )
    return [lifecycle, logging]


def _encryption_rule(key_arn: pulumi.Input[str] | None) -> aws.s3.BucketServerSideEncryptionConfigurationRuleArgs:
    default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
        sse_algorithm="AES256" if key_arn is None else "aws:kms", kms_master_key_id=key_arn
    )
    return aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
        apply_server_side_encryption_by_default=default, bucket_key_enabled=None if key_arn is None else True
    )


def lifecycle_rules(args: SecureBucketArgs) -> list[aws.s3.BucketLifecycleConfigurationRuleArgs]:
    """Return what expires in a bucket: unfinished uploads, old versions and, where asked for, objects."""
    rules = [
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="unfinished-uploads",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            abort_incomplete_multipart_upload=(
                aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=ABORTED_UPLOAD_DAYS
                )
            ),
        ),
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="old-versions",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            noncurrent_version_expiration=(
                aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=args.noncurrent_days
                )
            ),
        ),
    ]
    if args.archive_after_days is not None:
        rules.append(_archive_rule(args.archive_after_days))
    if args.expiration_days is not None:
        rules.append(
            aws.s3.BucketLifecycleConfigurationRuleArgs(
                id="old-objects",
                status="Enabled",
                filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=args.expiration_days),
            )
        )
    return rules


def _archive_rule(days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="archive",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        transitions=[
            aws.s3.BucketLifecycleConfigurationRuleTransitionArgs(days=days, storage_class=ARCHIVE_CLASS),
        ],
    )


def _policy(bucket: aws.s3.Bucket, args: SecureBucketArgs) -> pulumi.Output[str]:
    return bucket.arn.apply(
        lambda arn: bucket_policy(
            arn,
            args.placement,
            args.receives_access_logs,
            reader_accounts=args.reader_accounts,
            readable_keys=args.readable_keys,
            writers=args.writers,
        )
    )
