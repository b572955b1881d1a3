"""The registry of a project's model versions: the contract between data science and operations."""

from __future__ import annotations

from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class ModelRegistryArgs:
    """What a model registry is made from."""

    model_package_group_name: str
    """The group's name, 1 to 63 letters, digits and hyphens. It is part of every version's ARN, so it is chosen."""
    description: str
    """What the models are for."""
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
        self.model_package_group_name = group.model_package_group_name
        self.arn = group.arn
        self.register_outputs({"model_package_group_name": self.model_package_group_name, "arn": self.arn})
