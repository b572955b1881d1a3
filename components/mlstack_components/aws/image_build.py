"""Builds images of the project's own, and pushes them to its repository.

What is built is a zip file in the artifact bucket (`image_source.py`), and the image's tag follows from its content.
The commands stand in the project; a build is started with the source and the tag:

    StartBuild(sourceLocationOverride="<bucket>/builds/images/<digest>.zip", IMAGE_TAG="<name>-<digest>")

A tag that is there is not built again: the repository's tags are immutable.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi

from mlstack_components.aws.build_project import BuildProject, BuildProjectArgs, BuildSource
from mlstack_components.aws.names import IMAGE_SOURCE_PREFIX
from mlstack_components.aws.policies import statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement
    from mlstack_components.aws.policies import Statement

TAG_VARIABLE = "IMAGE_TAG"
"""The variable of a build that says which tag the image gets."""

REPOSITORY_VARIABLE = "REPOSITORY"
REGISTRIES_VARIABLE = "REGISTRIES"

_LOG_IN = (
    'for registry in $REGISTRIES; do aws ecr get-login-password --region "$(echo $registry | cut -d. -f4)"'
    ' | docker login --username AWS --password-stdin "$registry" || exit 1; done'
)
# SageMaker takes neither OCI manifests nor indexes, and buildx makes an index of one image and its provenance
# (https://github.com/aws/amazon-sagemaker-feedback/issues/180).
_BUILD = (
    "docker buildx build --platform linux/amd64 --provenance=false"
    ' --output "type=docker,name=$REPOSITORY:$IMAGE_TAG" --file Dockerfile context'
    ' && docker push "$REPOSITORY:$IMAGE_TAG"'
)
_UNLESS_THERE = (
    'if docker manifest inspect "$REPOSITORY:$IMAGE_TAG" > /dev/null 2>&1; '
    f'then echo "$IMAGE_TAG is in the repository already"; else {_BUILD}; fi'
)
BUILDSPEC = json.dumps(
    {"version": "0.2", "phases": {"pre_build": {"commands": [_LOG_IN]}, "build": {"commands": [_UNLESS_THERE]}}},
    separators=(",", ":"),
)
"""The commands of a build."""

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_PUSH = ("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")


@dataclass(frozen=True, kw_only=True)
class ImageBuildArgs:
    """What builds of images are made from."""

    placement: Placement
    """The account and region."""
    project_name: str
    """The name of the CodeBuild project, at most 150 characters."""
    repository_arn: pulumi.Input[str]
    """The repository that images are pushed to."""
    repository_url: pulumi.Input[str]
    """Its address, without a tag."""
    source_bucket_arn: pulumi.Input[str]
    """The bucket in which sources lie, below `builds/images/`."""
    encryption_key_arn: pulumi.Input[str]
    """The key of sources and log."""
    base_repository_arns: Sequence[str] = ()
    """Repositories in ECR of others that Dockerfiles begin with, such as AWS's framework images."""
    base_registries: Sequence[str] = ()
    """The registries that these lie in, such as `763104351884.dkr.ecr.eu-west-1.amazonaws.com`."""
    docker_server: str = "medium"
    """The size of the machine that runs Docker: `small`, `medium` or `large`, 4, 8 or 16 GiB."""
    timeout_minutes: int = 60
    """After how many minutes a build is stopped."""
    concurrent_build_limit: int = 5
    """How many builds run at once."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The policy that the role may not exceed; None for none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


class ImageBuild(pulumi.ComponentResource):
    """A build project with a Docker server of its own, without privileged mode.

    Rules: those of `BuildProject`. Its role pushes to one repository, and can neither delete an image nor move a tag.
    """

    project_name: pulumi.Output[str]
    """The name of the CodeBuild project."""
    log_group_name: pulumi.Output[str]
    """The log group of the builds."""
    builds: BuildProject
    """The project, its role and its log group."""

    def __init__(self, name: str, args: ImageBuildArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:ImageBuild", name, {}, opts)
        url = pulumi.Output.from_input(args.repository_url)
        own = url.apply(lambda address: address.partition("/")[0])
        self.builds = BuildProject(
            f"{name}-images",
            BuildProjectArgs(
                placement=args.placement,
                project_name=args.project_name,
                description="Builds container images of the project's own",
                buildspec=BUILDSPEC,
                statements=pulumi.Output.from_input(args.repository_arn).apply(
                    lambda arn: push_statements(arn, args.base_repository_arns)
                ),
                encryption_key_arn=args.encryption_key_arn,
                source=BuildSource(
                    bucket_arn=args.source_bucket_arn,
                    prefix=IMAGE_SOURCE_PREFIX,
                    key=f"{IMAGE_SOURCE_PREFIX}none.zip",
                ),
                variables={
                    REPOSITORY_VARIABLE: url,
                    REGISTRIES_VARIABLE: own.apply(
                        lambda registry: " ".join(dict.fromkeys([registry, *args.base_registries]))
                    ),
                },
                docker_server=args.docker_server,
                timeout_minutes=args.timeout_minutes,
                concurrent_build_limit=args.concurrent_build_limit,
                permissions_boundary_arn=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.project_name = self.builds.name
        self.log_group_name = self.builds.log_group_name
        self.register_outputs({"project_name": self.project_name, "log_group_name": self.log_group_name})


def push_statements(repository_arn: str, base_repository_arns: Sequence[str] = ()) -> list[Statement]:
    """Return what it takes to build on images and push one (docs.aws.amazon.com/AmazonECR, image-push-iam).

    Args:
        repository_arn: The repository that is pushed to.
        base_repository_arns: Those that are only pulled from.
    """
    found = [
        # AWS knows no resource of it.
        statement("AuthenticateAtRegistries", ["ecr:GetAuthorizationToken"], "*"),
        statement("PushImages", sorted((*_PULL, *_PUSH)), repository_arn),
    ]
    if base_repository_arns:
        found.append(statement("PullBaseImages", _PULL, list(base_repository_arns)))
    return found
