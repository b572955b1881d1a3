"""The part `images`: container images that the project builds of Dockerfiles of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from mlstack_components.errors import Problem, quoted
from pydantic import AfterValidator, Field, WithJsonSchema

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import RelativePath, closest, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec

MAX_IMAGES = 20
_LONGEST_NAME = 30
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
NAME_SCHEMA = f"^{_NAME.pattern}$"
"""The pattern of a name, for JSON schema."""


def _check_name(value: str) -> str:
    if len(value) > _LONGEST_NAME or not _NAME.fullmatch(value):
        rule = f"at most {_LONGEST_NAME} lower-case letters, digits and single hyphens, a letter first"
        raise wrong(f"{quoted(value)} is not an image's name: {rule}.", "Write it so, as in `train`.")
    return value


ImageName = Annotated[
    str,
    AfterValidator(_check_name),
    WithJsonSchema({"type": "string", "pattern": NAME_SCHEMA, "maxLength": _LONGEST_NAME}),
]


class Image(SpecModel):
    """An image that is built in the cloud, of a Dockerfile and what it copies."""

    dockerfile: RelativePath = "Dockerfile"
    """The Dockerfile."""
    context: RelativePath = "."
    """The folder that it copies from; what a `.dockerignore` in it names is left out."""


Images = Annotated[dict[ImageName, Image], Field(min_length=1, max_length=MAX_IMAGES)]
"""The images of a project, by name."""


def is_name(reference: str) -> bool:
    """Tell whether what a step runs in is the name of an image of `images`, and no address.

    Args:
        reference: The value of `image`.
    """
    return _NAME.fullmatch(reference) is not None


def built_image(spec: EnvironmentSpec, reference: str | None) -> str | None:
    """The name of the image where the project builds it itself, else None.

    Args:
        spec: The specification.
        reference: The value of `image`.
    """
    return reference if reference is not None and reference in (spec.images or {}) else None


def image_contradictions(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """What the images that steps and serving name contradict.

    Args:
        spec: The specification.

    Yields:
        The key, what is wrong, and what to do.
    """
    named = (
        ("steps.train.image", None if spec.steps is None else spec.steps.train.image),
        ("serving.image", None if spec.serving is None else spec.serving.image),
    )
    for key, reference in named:
        if reference is None or not is_name(reference) or reference in (spec.images or {}):
            continue
        guess = closest(reference, list(spec.images or {}))
        example = f"`images: {{{reference}: {{dockerfile: Dockerfile}}}}`"
        yield (
            key,
            f"names the image {quoted(reference)}, and `images` has none of that name.",
            f'Did you mean "{guess}"?' if guess else f"Add {example}, or write the address of an image in ECR.",
        )


def missing_contexts(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problems of contexts that are no folder of the project.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    for name, image in (spec.images or {}).items():
        target, key = spec.root / image.context, f"images.{name}.context"
        if target.is_dir() and target.resolve().is_relative_to(spec.root.resolve()):
            continue
        place = spec.place(key)
        message = f"{quoted(image.context)} is not a folder of the project."
        yield Problem(
            file, place.line if place else 0, place.key if place else key, message, "Paths are relative to this file."
        )
