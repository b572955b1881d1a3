"""Whether the cloud has the container image of the framework that a specification asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.images import framework_image, framework_versions
from mlstack_components.errors import Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec


def missing_images(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problem of a framework's version or a region without an image.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    if spec.steps is None:
        return
    framework = spec.steps.train.framework
    try:
        framework_image(framework.name, framework.version, spec.region)
    except UserError as error:
        known = framework.version is None or framework.version in framework_versions(framework.name)
        key = "region" if known else "steps.train.framework.version"
        place = spec.place(key)
        yield Problem(file, place.line if place else 0, place.key if place else key, error.message, error.next_step)
