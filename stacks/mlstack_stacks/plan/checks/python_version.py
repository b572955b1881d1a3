"""Warns of a local Python that is not that of the image."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mlstack_stacks.pipeline_steps import image_of
from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds another minor version of Python here than in the framework's image.

    Args:
        spec: The specification of the environment.
    """
    if spec.steps is None:
        return
    image = image_of(spec.steps, spec.region)
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if image is not None and here != image.python_version:
        yield Warn(
            "python_version",
            f"Python is {here} on this machine and {image.python_version} in the image "
            f"{image.framework} {image.version}: what works here may fail there.",
            Warn.place_of(spec, "steps.train.framework.version", "steps.train.framework"),
            f"Use Python {image.python_version} here to be sure.",
        )
