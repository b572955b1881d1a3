"""The images that a project builds itself: what they are built of, and which parameters of the pipeline hold them.

The pipeline takes each image as a parameter, whose default is the image of the Dockerfile and context as they were when
the stack was updated. So, as for code and data, a change of them needs no update: a run passes the newer image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.image_source import base_images, image_source
from mlstack_components.aws.images import registry_of, repository_arn
from mlstack_components.aws.pipeline_args import SERVE_IMAGE, TRAIN_IMAGE
from mlstack_components.aws.pipeline_expressions import get

from mlstack_stacks.infrastructure_bundle import recorded
from mlstack_stacks.spec.images import built_image

if TYPE_CHECKING:
    from mlstack_components.aws.image_source import ImageSource
    from mlstack_components.aws.pipeline_args import ImageUri

    from mlstack_stacks.spec import EnvironmentSpec
    from mlstack_stacks.spec.images import Image


def source_of(spec: EnvironmentSpec, image: Image) -> ImageSource:
    """What an image is built of, as it is now.

    Args:
        spec: The specification of the environment.
        image: The image.

    Raises:
        UserError: Dockerfile or context is not there, or can't be packed.
    """
    return image_source(spec.root / image.dockerfile, spec.root / image.context)


def tag_of(spec: EnvironmentSpec, name: str) -> str:
    """The tag of an image as it is built of what the project holds now; in a bundle, of what it held.

    Args:
        spec: The specification of the environment.
        name: The image's name.

    Raises:
        UserError: Dockerfile or context is not there, or can't be packed.
    """
    bundled = recorded(spec.root)
    if bundled is not None:
        return str(bundled["images"][name])
    return source_of(spec, (spec.images or {})[name]).tag(name)


def used_images(spec: EnvironmentSpec) -> dict[str, str]:
    """The tags of the images that jobs or endpoints run in, by name.

    Args:
        spec: The specification of the environment.
    """
    names = {name for view in spec.views().values() for name in image_parameters(view).values()}
    return {name: tag_of(spec, name) for name in sorted(names)}


def image_parameters(spec: EnvironmentSpec) -> dict[str, str]:
    """The parameters of the training pipeline that hold images of the project's own, with the images' names.

    Args:
        spec: The specification of the environment.
    """
    if spec.steps is None:
        return {}
    train = built_image(spec, spec.steps.train.image)
    serve = built_image(spec, None if spec.serving is None else spec.serving.image)
    found = {} if train is None else {TRAIN_IMAGE: train}
    return found if serve in {None, train} else {**found, SERVE_IMAGE: str(serve)}


def image_uri(spec: EnvironmentSpec, reference: str) -> ImageUri:
    """What a step says of the image that it runs in: its address, or the parameter that holds it.

    Args:
        spec: The specification of the environment.
        reference: The value of `image`.
    """
    parameters = {name: parameter for parameter, name in image_parameters(spec).items()}
    return get(f"Parameters.{parameters[reference]}") if reference in parameters else reference


def bases(spec: EnvironmentSpec) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The repositories of ECR that Dockerfiles begin with, as ARNs, and the registries that they lie in.

    Args:
        spec: The specification of the environment.
    """
    texts = [(spec.root / image.dockerfile).read_text(encoding="utf-8") for image in (spec.images or {}).values()]
    found = dict.fromkeys(base for text in texts for base in base_images(text))
    repositories = dict.fromkeys(arn for base in found if (arn := repository_arn(base)) is not None)
    registries = dict.fromkeys(host for base in found if (host := registry_of(base)) is not None)
    return tuple(repositories), tuple(registries)
