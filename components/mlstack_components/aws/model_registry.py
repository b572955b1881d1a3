"""The registry of a project's model versions: the contract between data science and operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.policies import document, statement

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class ModelRegistryArgs:
    """What a model registry is made from."""

    model_package_group_name: str
    """The group's name, 1 to 63 letters, digits and hyphens. It is part of every version's ARN, so it is chosen."""
    description: str
    """What the models are for."""
    reader_accounts: Sequence[str] = ()
    """Other accounts that may make models from the versions; none where empty. They need the model archives as well:
    `ArtifactStoreArgs.model_reader_accounts` and `EncryptionKeyArgs.model_reader_accounts`."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the group."""


class ModelRegistry(pulumi.ComponentResource):
    """A SageMaker model package group. A group that holds versions can't be deleted; its first description stays."""

    model_package_group_name: pulumi.Output[str]
    """The group's name."""
    arn: pulumi.Output[str]
    """The group's ARN."""
    group: aws.sagemaker.ModelPackageGroup
    """The group."""

    def __init__(self, name: str, args: ModelRegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:ModelRegistry", name, {}, opts)
        self.group = group = aws.sagemaker.ModelPackageGroup(
            f"{name}-models",
            aws.sagemaker.ModelPackageGroupArgs(
                model_package_group_name=args.model_package_group_name,
                model_package_group_description=args.description,
                tags=args.tags,
            ),
            # AWS changes no description: another one would mean another group, and this one holds the versions.
            pulumi.ResourceOptions(parent=self, ignore_changes=["modelPackageGroupDescription"]),
        )
        if args.reader_accounts:
            aws.sagemaker.ModelPackageGroupPolicy(
                f"{name}-models-policy",
                aws.sagemaker.ModelPackageGroupPolicyArgs(
                    model_package_group_name=group.model_package_group_name,
                    resource_policy=group.arn.apply(lambda arn: sharing_policy(arn, args.reader_accounts)),
                ),
                pulumi.ResourceOptions(parent=self),
            )
        self.model_package_group_name = group.model_package_group_name
        self.arn = group.arn
        self.register_outputs({"model_package_group_name": self.model_package_group_name, "arn": self.arn})


def sharing_policy(group_arn: str, accounts: Sequence[str]) -> str:
    """Return who of other accounts may look at a group's versions and make models from them; nobody may change them.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html, without its
    `sagemaker:UpdateModelPackage`: approval belongs to the account of the registry.

    Args:
        group_arn: The group.
        accounts: The accounts.
    """
    partition = group_arn.split(":")[1]
    principal = {"AWS": [f"arn:{partition}:iam::{account}:root" for account in accounts]}
    versions = f"{group_arn.replace(':model-package-group/', ':model-package/')}/*"
    return document(
        statement("DescribeGroup", ["sagemaker:DescribeModelPackageGroup"], group_arn, principal=principal),
        statement("ListVersions", ["sagemaker:ListModelPackages"], [group_arn, versions], principal=principal),
        statement(
            "UseVersions", ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage"], versions, principal=principal
        ),
    )
