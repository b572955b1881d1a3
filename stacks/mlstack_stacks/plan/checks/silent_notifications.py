"""Warns of notifications that nothing causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds notifications in an environment without pipeline, registry and endpoint.

    Args:
        spec: The specification of the environment.
    """
    if spec.notifications is not None and spec.steps is None and spec.registry is None and spec.serving is None:
        yield Warn(
            "silent_notifications",
            "no steps, no registry and no serving: nothing happens that anybody could be told of.",
            Warn.place_of(spec, "notifications"),
            "Add one of them, or remove `notifications`.",
        )
