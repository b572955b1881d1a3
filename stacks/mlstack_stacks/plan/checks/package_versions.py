"""Warns of packages that differ between the image, the requirements and this machine."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from mlstack_stacks.pipeline_steps import image_of
from mlstack_stacks.plan.resources import Warn
from mlstack_stacks.spec.values import SOURCE_DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_components.aws.images import FrameworkImage

    from mlstack_stacks.spec import EnvironmentSpec

_FILE = f"{SOURCE_DIRECTORY}/requirements.txt"


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds requirements that the image doesn't meet, and packages of another version on this machine.

    Args:
        spec: The specification of the environment.
    """
    file = spec.root / _FILE
    if spec.steps is None or not file.is_file():
        return
    image = image_of(spec.steps, spec.region)
    if image is None:
        return
    for number, requirement in _requirements(file.read_text(encoding="utf-8", errors="replace")):
        shipped = image.packages.get(canonicalize_name(requirement.name))
        if shipped is not None:
            yield from _compare(requirement, shipped, image, f"{_FILE}:{number}")


def _requirements(text: str) -> Iterator[tuple[int, Requirement]]:
    """The requirements of a file with their lines; options and addresses are pip's business."""
    for number, line in enumerate(text.splitlines(), 1):
        try:
            requirement = Requirement(line.split(" #")[0].strip())
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate():
            yield number, requirement


def _compare(requirement: Requirement, shipped: str, image: FrameworkImage, place: str) -> Iterator[Warn]:
    inside = f"the image {image.framework} {image.version} holds {shipped}"
    if not requirement.specifier.contains(shipped, prereleases=True):
        yield Warn(
            "package_versions",
            f"{requirement} is asked for, but {inside}: a job without a network can't install another.",
            place,
            f"Widen the range to include {shipped}, or choose another version of the framework.",
        )
        return
    try:
        here = version(requirement.name)
    except PackageNotFoundError:
        return
    if here.split(".")[:2] != shipped.split(".")[:2]:
        yield Warn(
            "package_versions",
            f"{requirement.name} is {here} on this machine and {inside}: what works here may fail there.",
            place,
            f"Install {requirement.name}=={shipped} here to be sure.",
        )
