"""Warns of an image that the local cloud can't run: it runs no containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn
from mlstack_stacks.spec.images import is_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds an image of the project's own whose entry point only the image knows.

    Args:
        spec: The specification of the environment.
    """
    train = spec.steps.train if spec.steps else None
    if not spec.is_local or train is None or train.image is None:
        return
    if is_name(train.image):
        yield Warn(
            "local_image",
            f"the local cloud has no Docker, so it can't build the image {train.image}: the run will fail there.",
            Warn.place_of(spec, "steps.train.image"),
            "Add a framework in place of the image in `local`.",
        )
        return
    if train.entry_point is None and train.command is None:
        yield Warn(
            "local_image",
            "the local cloud runs no containers, so it doesn't know what the image runs: the run will fail there.",
            Warn.place_of(spec, "steps.train.image"),
            "Add `entry_point` or `command`, or a framework in place of the image in `local`.",
        )
