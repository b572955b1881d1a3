"""The part `images`: what builds images of the project's own, and where they are pushed to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
from mlstack_components.aws.image_build import ImageBuild, ImageBuildArgs

from mlstack_stacks.own_images import bases, tag_of

if TYPE_CHECKING:
    from mlstack_components.aws.image_registry import ImageRegistry

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import EnvironmentSpec
    from mlstack_stacks.spec.images import Image


@dataclass(frozen=True)
class OwnImages:
    """The images that a project builds itself.

    Attributes:
        spec: The specification of the environment.
        repository: Where they are pushed to.
    """

    spec: EnvironmentSpec
    repository: ImageRegistry
    _tags: dict[str, str] = field(default_factory=dict)

    def uri(self, name: str) -> pulumi.Output[str]:
        """The address of an image as it is built of what the project holds now.

        Args:
            name: The image.
        """
        if name not in self._tags:
            self._tags[name] = tag_of(self.spec, name)
        return pulumi.Output.concat(self.repository.repository_url, ":", self._tags[name])


def declare(_images: dict[str, Image], environment: Environment) -> dict[str, Any]:
    """Declares the builds, and the repository where the registry has none.

    Args:
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    if environment.images is None:
        from mlstack_stacks.composition.registry import declare_images

        declare_images(environment)
    repository = environment.images
    if repository is None:  # It was just made.
        raise AssertionError
    repositories, registries = bases(environment.spec)
    build = ImageBuild(
        environment.prefix,
        ImageBuildArgs(
            placement=environment.placement,
            project_name=f"{environment.prefix}-images",
            repository_arn=repository.arn,
            repository_url=repository.repository_url,
            source_bucket_arn=environment.store.artifact_bucket_arn,
            encryption_key_arn=environment.key.arn,
            base_repository_arns=repositories,
            base_registries=registries,
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
        ),
        environment.options,
    )
    environment.own_images = OwnImages(environment.spec, repository)
    return {"image_build_project": build.project_name, "image_build_repository_url": repository.repository_url}
