"""Whether the cloud has the container image of the framework that a specification asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.images import framework_image, framework_versions
from mlstack_components.aws.instance_types import processor_kind
from mlstack_components.errors import Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_components.aws.images import Scope

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.steps import Steps


def missing_images(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problem of a framework's version or a region without an image.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    if spec.steps is None:
        return
    framework = spec.steps.train.framework
    if framework is None:
        return
    for machine, instance_type, scope in _uses(spec, spec.steps):
        try:
            framework_image(framework.name, framework.version, spec.region, instance_type, scope)
        except UserError as error:
            key = machine if processor_kind(instance_type) == "neuron" else "region"
            if framework.version is not None and framework.version not in framework_versions(framework.name):
                key = "steps.train.framework.version"
            place = spec.place(key)
            yield Problem(file, place.line if place else 0, place.key if place else key, error.message, error.next_step)


def _uses(spec: EnvironmentSpec, steps: Steps) -> Iterator[tuple[str, str, Scope]]:
    """The key of each machine that runs an image, the machine, and what the image is for."""
    for name, step in (("train", steps.train), ("prepare", steps.prepare), ("evaluate", steps.evaluate)):
        if step is not None:
            yield f"steps.{name}.instance_type", step.instance_type, "training"
    if spec.serving is not None:
        yield "serving.instance_type", spec.serving.instance_type, "inference"
