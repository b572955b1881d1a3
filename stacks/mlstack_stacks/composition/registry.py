"""The part `registry`: the model registry and the repository of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.model_registry import ModelRegistry, ModelRegistryArgs

if TYPE_CHECKING:
    from mlstack_components.aws.image_registry import ImageRegistry

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import Registry


def declare(registry: Registry, environment: Environment) -> dict[str, Any]:
    """Declares the model registry, and the repository of images where one is wanted.

    Args:
        registry: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    spec = environment.spec
    models = ModelRegistry(
        environment.prefix,
        ModelRegistryArgs(
            model_package_group_name=environment.names.model_package_group,
            description=f"Versions of the model of {spec.name} in {spec.environment}",
            reader_accounts=environment.model_reader_accounts,
            tags=environment.tags,
        ),
        environment.options,
    )
    outputs: dict[str, Any] = {"model_package_group_name": models.model_package_group_name}
    if registry.images:
        outputs["image_repository_url"] = declare_images(environment).repository_url
    return outputs


def declare_images(environment: Environment) -> ImageRegistry:
    """Declares the repository of images, and keeps it for what pushes to it and pulls from it.

    Args:
        environment: The environment.
    """
    from mlstack_components.aws.image_registry import ImageRegistry, ImageRegistryArgs

    arguments = ImageRegistryArgs(encryption_key_arn=environment.key.arn, tags=environment.tags)
    # A repository's name has no two hyphens together, which the prefix of one of several models has.
    made = ImageRegistry(environment.prefix.replace("--", "-"), arguments, environment.options)
    environment.images = made
    return made
