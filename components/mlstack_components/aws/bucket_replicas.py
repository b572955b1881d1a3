"""Copies of buckets in another region, which S3 keeps up to date by itself.

What is in a bucket before its replication is configured is not copied; S3 Batch Replication does that. Deletions are
not copied either: whatever deletes the originals, by mistake or by malice, leaves the copies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.encryption_key import EncryptionKey, EncryptionKeyArgs
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.replication_policies import ReplicatedBucket, replication_policy, replication_trust
from mlstack_components.aws.secure_bucket import SecureBucket, SecureBucketArgs, secure_bucket

if TYPE_CHECKING:
    from collections.abc import Mapping

NONCURRENT_DAYS = 90
ACCESS_LOG_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class BucketReplicasArgs:
    """What copies of buckets are made from."""

    placement: Placement
    """The account, and the region of the originals."""
    region: str
    """The region of the copies, another one of the same partition."""
    encryption_key_arn: pulumi.Input[str]
    """The key of the originals; the copies get one of their own, since a key belongs to a region."""
    originals: Mapping[str, SecureBucket]
    """The buckets, versioned, by what is in them, such as `data`; a copy is named by it."""
    noncurrent_days: int = NONCURRENT_DAYS
    """For how many days a replaced version of a copy is kept."""
    archive_after_days: int | None = None
    """After how many days copies move to a cheaper storage class; None for never."""
    access_log_days: int = ACCESS_LOG_DAYS
    """For how many days the copies' access logs are kept."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The organisation's boundary on what roles may ever do; None where it has none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of buckets, key and role."""


class BucketReplicas(pulumi.ComponentResource):
    """A bucket in another region for each original, with key and access logs, and the role that S3 copies with.

    Rules: those of `secure_bucket` and `EncryptionKey`.
    """

    key: EncryptionKey
    """The key of the copies."""
    replicas: dict[str, SecureBucket]
    """The copies, by what is in them."""
    logs: SecureBucket
    """The bucket of the copies' access logs, which S3 delivers within a region only."""
    role: aws.iam.Role
    """The role that S3 copies with."""
    policy: aws.iam.RolePolicy
    """What that role may do."""
    configurations: dict[str, aws.s3.BucketReplicationConfig]
    """What makes S3 copy, by what is in the bucket; objects that are put after it are copied."""
    bucket_names: dict[str, pulumi.Output[str]]
    """The names of the copies, by what is in them."""

    def __init__(self, name: str, args: BucketReplicasArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:BucketReplicas", name, {}, opts)
        there = Placement(args.placement.account, args.region)
        self.key = self._key(f"{name}-copy", args, there)
        self.logs = self._log_bucket(f"{name}-logs-copy", args, there)
        self.replicas = {what: self._replica(f"{name}-{what}-copy", what, args, there) for what in args.originals}
        self.role = aws.iam.Role(
            f"{name}-replication",
            aws.iam.RoleArgs(
                assume_role_policy=replication_trust(),
                description=f"Copies objects to {args.region}",
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.policy = aws.iam.RolePolicy(
            f"{name}-replication-policy",
            aws.iam.RolePolicyArgs(role=self.role.name, policy=self._policy(args, there)),
            pulumi.ResourceOptions(parent=self),
        )
        self.configurations = {what: self._replicate(name, what, args) for what in args.originals}
        self.bucket_names = {what: replica.bucket.bucket for what, replica in self.replicas.items()}
        self.register_outputs({"bucket_names": self.bucket_names, "key_arn": self.key.arn})

    def _key(self, name: str, args: BucketReplicasArgs, there: Placement) -> EncryptionKey:
        description = f"Encrypts copies of what is in {args.placement.region}"
        return EncryptionKey(
            name,
            EncryptionKeyArgs(
                placement=there, elsewhere=True, description=description, objects_only=True, tags=args.tags
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _log_bucket(self, name: str, args: BucketReplicasArgs, there: Placement) -> SecureBucket:
        return secure_bucket(
            name,
            SecureBucketArgs(
                placement=there,
                elsewhere=True,
                # S3 delivers access logs only to buckets without a KMS key, and logging the log bucket would never end:
                # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
                encryption_key_arn=None,
                noncurrent_days=args.noncurrent_days,
                expiration_days=args.access_log_days,
                receives_access_logs=True,
                tags=args.tags,
            ),
            self,
        )

    def _replica(self, name: str, what: str, args: BucketReplicasArgs, there: Placement) -> SecureBucket:
        return secure_bucket(
            name,
            SecureBucketArgs(
                placement=there,
                elsewhere=True,
                encryption_key_arn=self.key.arn,
                noncurrent_days=args.noncurrent_days,
                archive_after_days=args.archive_after_days,
                log_bucket=self.logs.bucket.bucket,
                log_bucket_ready=self.logs.ready,
                log_prefix=f"{what}/",
                tags=args.tags,
            ),
            self,
        )

    def _policy(self, args: BucketReplicasArgs, there: Placement) -> pulumi.Output[str]:
        def write(known: dict[str, Any]) -> str:
            buckets = [ReplicatedBucket(*pair) for pair in zip(known["from"], known["to"], strict=True)]
            return replication_policy(args.placement, there, buckets, known["key"], known["key_there"])

        inputs: dict[str, Any] = {
            "from": pulumi.Output.all(*(each.bucket.arn for each in args.originals.values())),
            "to": pulumi.Output.all(*(each.bucket.arn for each in self.replicas.values())),
            "key": args.encryption_key_arn,
            "key_there": self.key.arn,
        }
        return pulumi.Output.all(**inputs).apply(write)

    def _replicate(self, name: str, what: str, args: BucketReplicasArgs) -> aws.s3.BucketReplicationConfig:
        original, replica = args.originals[what], self.replicas[what]
        return aws.s3.BucketReplicationConfig(
            f"{name}-{what}-replication",
            aws.s3.BucketReplicationConfigArgs(
                bucket=original.bucket.bucket,
                role=self.role.arn,
                rules=[_rule(replica.bucket.arn, self.key.arn)],
            ),
            # S3 asks for versioning on both sides, and copies nothing before the role may.
            pulumi.ResourceOptions(parent=self, depends_on=[*original.ready, *replica.ready, self.policy]),
        )


def _rule(
    bucket_arn: pulumi.Input[str], encryption_key_arn: pulumi.Input[str]
) -> aws.s3.BucketReplicationConfigRuleArgs:
    encryption = aws.s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
        replica_kms_key_id=encryption_key_arn
    )
    # Without it S3 copies no object that a KMS key encrypts.
    encrypted = aws.s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(status="Enabled")
    return aws.s3.BucketReplicationConfigRuleArgs(
        id="everything",
        priority=1,
        status="Enabled",
        filter=aws.s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
        delete_marker_replication=aws.s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status="Disabled"),
        destination=aws.s3.BucketReplicationConfigRuleDestinationArgs(
            bucket=bucket_arn, encryption_configuration=encryption
        ),
        source_selection_criteria=aws.s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
            sse_kms_encrypted_objects=encrypted
        ),
    )
