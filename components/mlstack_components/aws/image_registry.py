"""The registry of the container images that a project builds for itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

UNTAGGED_IMAGE_DAYS = 14
KEPT_IMAGES = 100


@dataclass(frozen=True, kw_only=True)
class ImageRegistryArgs:
    """What an image registry is made from."""

    encryption_key_arn: pulumi.Input[str]
    """The key that encrypts the layers."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the repository."""


class ImageRegistry(pulumi.ComponentResource):
    """An ECR repository: immutable tags, a scan of every push, encrypted, old images expire.

    Rules: CKV_AWS_51, CKV_AWS_136, CKV_AWS_163, ECR.1, ECR.2, ECR.3. A repository that holds images can't be deleted.
    """

    arn: pulumi.Output[str]
    """The repository's ARN."""
    name: pulumi.Output[str]
    """The repository's name."""
    repository_url: pulumi.Output[str]
    """Where images are pushed to, without a tag."""
    repository: aws.ecr.Repository
    """The repository."""
    lifecycle: aws.ecr.LifecyclePolicy
    """What expires in it."""

    def __init__(self, name: str, args: ImageRegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:ImageRegistry", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.repository = repository = aws.ecr.Repository(
            f"{name}-images",
            aws.ecr.RepositoryArgs(
                image_tag_mutability="IMMUTABLE",
                image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
                encryption_configurations=[
                    aws.ecr.RepositoryEncryptionConfigurationArgs(
                        encryption_type="KMS", kms_key=args.encryption_key_arn
                    )
                ],
                force_delete=False,
                tags=args.tags,
            ),
            child,
        )
        self.lifecycle = aws.ecr.LifecyclePolicy(
            f"{name}-images-lifecycle",
            aws.ecr.LifecyclePolicyArgs(repository=repository.name, policy=lifecycle_policy()),
            child,
        )
        self.arn = repository.arn
        self.name = repository.name
        self.repository_url = repository.repository_url
        self.register_outputs({"arn": self.arn, "name": self.name, "repository_url": self.repository_url})


def lifecycle_policy(*, untagged_days: int = UNTAGGED_IMAGE_DAYS, kept: int = KEPT_IMAGES) -> str:
    """Return which images expire: untagged ones after some days, and all but the newest.

    Args:
        untagged_days: For how many days an untagged image is kept.
        kept: How many images are kept at all.
    """
    untagged = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days"}
    rules = [
        {
            "rulePriority": 1,
            "description": "Untagged images expire",
            "selection": {**untagged, "countNumber": untagged_days},
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": "Only the newest images are kept",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": kept},
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules}, separators=(",", ":"))
