"""Features that training and serving share: feature groups, online and offline, and the role that keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.names import FEATURE_PREFIX, s3_uri
from mlstack_components.aws.policies import document, statement, trust_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.placement import Placement

FeatureType = Literal["String", "Fractional", "Integral"]
"""A feature's type: text, a 64-bit floating-point number, a 64-bit integer
(docs.aws.amazon.com/sagemaker/latest/APIReference/API_FeatureDefinition.html)."""


@dataclass(frozen=True, kw_only=True)
class FeatureGroup:
    """One kind of record and its features. A change of anything but the tags replaces the group."""

    name: str
    """The group's name, 1 to 64 letters, digits, hyphens and underscores, a letter or digit first and last."""
    record_identifier: str
    """The feature that tells records apart; the online store keeps the newest record of each of its values."""
    event_time: str
    """The feature that says when a record held, a `String` in ISO 8601 or a `Fractional` in seconds since 1970."""
    features: Mapping[str, FeatureType]
    """The features in their order, 1 to 2,500, each with 1 to 64 letters, digits, hyphens and underscores; AWS keeps
    `is_deleted`, `write_time` and `api_invocation_time` for itself."""
    online: bool = True
    """Whether the newest record of each identifier answers within milliseconds."""
    offline: bool = True
    """Whether every record is kept in the bucket, for training; at least one of the two stores is needed."""


@dataclass(frozen=True, kw_only=True)
class FeatureStoreArgs:
    """What a feature store is made from."""

    placement: Placement
    """The account and region."""
    encryption_key_arn: pulumi.Input[str]
    """The key of both stores."""
    bucket: pulumi.Input[str]
    """The name of the bucket of the offline stores, which lie below `features/`."""
    bucket_arn: pulumi.Input[str]
    """Its ARN."""
    groups: Mapping[str, FeatureGroup]
    """The feature groups, by a short name that their logical names end in."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The organisation's boundary on what roles may ever do; None where it has none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of groups and role."""


class FeatureStore(pulumi.ComponentResource):
    """The feature groups and one role, which writes their offline stores and may do nothing else.

    Both stores are encrypted with the environment's key. No Glue tables are made: they would need rights on the
    account's whole catalog, and training reads the files. What the offline stores hold stays when a group is deleted.
    """

    groups: dict[str, aws.sagemaker.FeatureGroup]
    """The feature groups, by their short names."""
    role: aws.iam.Role
    """The role."""
    names: dict[str, pulumi.Output[str]]
    """The groups' names in AWS, by their short names."""
    role_policy: aws.iam.RolePolicy | None
    """The role's rights; None where nothing is kept offline."""

    def __init__(self, name: str, args: FeatureStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:FeatureStore", name, {}, opts)
        self.role = aws.iam.Role(
            f"{name}-features",
            aws.iam.RoleArgs(
                assume_role_policy=trust_policy(args.placement, "sagemaker"),
                description="Writes the offline stores of feature groups",
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.role_policy = None
        role_arn = self._allowed(name, args)
        self.groups = {
            short: self._group(f"{name}-{short}", group, role_arn, args) for short, group in args.groups.items()
        }
        self.names = {short: group.feature_group_name for short, group in self.groups.items()}
        self.register_outputs({"names": self.names, "role_arn": self.role.arn})

    def _allowed(self, name: str, args: FeatureStoreArgs) -> pulumi.Output[str]:
        """The role's ARN, known only when it has its rights: AWS tries them when a group is made."""
        if not any(group.offline for group in args.groups.values()):
            return self.role.arn
        self.role_policy = policy = aws.iam.RolePolicy(
            f"{name}-features-policy",
            aws.iam.RolePolicyArgs(
                role=self.role.name,
                policy=pulumi.Output.all(args.bucket_arn, args.encryption_key_arn).apply(
                    lambda known: offline_store_policy(known[0], known[1])
                ),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        return pulumi.Output.all(self.role.arn, policy.id).apply(lambda known: str(known[0]))

    def _group(
        self, name: str, group: FeatureGroup, role_arn: pulumi.Output[str], args: FeatureStoreArgs
    ) -> aws.sagemaker.FeatureGroup:
        return aws.sagemaker.FeatureGroup(
            name,
            aws.sagemaker.FeatureGroupArgs(
                feature_group_name=group.name,
                record_identifier_feature_name=group.record_identifier,
                event_time_feature_name=group.event_time,
                feature_definitions=[
                    aws.sagemaker.FeatureGroupFeatureDefinitionArgs(feature_name=feature, feature_type=type_)
                    for feature, type_ in group.features.items()
                ],
                online_store_config=_online_store(args) if group.online else None,
                offline_store_config=_offline_store(args) if group.offline else None,
                role_arn=role_arn,
                tags=args.tags,
            ),
            # The official provider makes the new one first, and AWS has one group of a name.
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )


def offline_store_policy(bucket_arn: str, encryption_key_arn: str) -> str:
    """Return what writing the offline stores takes.

    The rights are those of AWS's own AmazonSageMakerFeatureStoreAccess without the ones for Glue and Iceberg tables,
    and `kms:GenerateDataKey` (docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html) with `kms:Decrypt`,
    which uploads in parts need; narrowed to the prefix and to the key.

    Args:
        bucket_arn: The bucket.
        encryption_key_arn: The environment's key.
    """
    return document(
        statement("ReadBucketAcl", ["s3:GetBucketAcl"], bucket_arn),
        statement("WriteFeatures", ["s3:PutObject", "s3:PutObjectAcl"], f"{bucket_arn}/{FEATURE_PREFIX}*"),
        statement("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], encryption_key_arn),
    )


def _online_store(args: FeatureStoreArgs) -> aws.sagemaker.FeatureGroupOnlineStoreConfigArgs:
    return aws.sagemaker.FeatureGroupOnlineStoreConfigArgs(
        enable_online_store=True,
        security_config=aws.sagemaker.FeatureGroupOnlineStoreConfigSecurityConfigArgs(
            kms_key_id=args.encryption_key_arn
        ),
    )


def _offline_store(args: FeatureStoreArgs) -> aws.sagemaker.FeatureGroupOfflineStoreConfigArgs:
    uri = pulumi.Output.from_input(args.bucket).apply(lambda bucket: s3_uri(bucket, FEATURE_PREFIX.rstrip("/")))
    return aws.sagemaker.FeatureGroupOfflineStoreConfigArgs(
        disable_glue_table_creation=True,
        s3_storage_config=aws.sagemaker.FeatureGroupOfflineStoreConfigS3StorageConfigArgs(
            s3_uri=uri, kms_key_id=args.encryption_key_arn
        ),
    )
