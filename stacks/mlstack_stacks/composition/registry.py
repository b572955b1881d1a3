"""The part `registry`: the model registry and the repository of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.model_registry import ModelRegistry, ModelRegistryArgs
from mlstack_components.aws.placement import Placement

from mlstack_stacks.naming import Names
from mlstack_stacks.spec.registry_source import hears_of_versions

if TYPE_CHECKING:
    from mlstack_components.aws.image_registry import ImageRegistry

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import EnvironmentSpec, Registry


def declare(registry: Registry, environment: Environment) -> dict[str, Any]:
    """Declares the model registry, and the repository of images where one is wanted; nothing where it is another's.

    Args:
        registry: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    spec = environment.spec
    if spec.registry_source is not None:
        return {"model_package_group_arn": group_arn(spec.registry_source)}
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
    users = [each for each in spec.registry_users if each.account != spec.account and hears_of_versions(each)]
    if users:
        from mlstack_stacks.composition.version_events import declare_forwarding

        declare_forwarding(environment, users)
    outputs: dict[str, Any] = {"model_package_group_name": models.model_package_group_name}
    if registry.images:
        outputs["image_repository_url"] = declare_images(environment).repository_url
    return outputs


def group_arn(source: EnvironmentSpec) -> str:
    """The group of another environment; in another account it is known by its ARN alone.

    Args:
        source: The environment that has it.
    """
    place = Placement(source.account, source.region)
    return place.arn("sagemaker", f"model-package-group/{Names.of(source).model_package_group}")


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
