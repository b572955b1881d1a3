"""Warns of an endpoint that no model of this project can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds an endpoint without a registry to release from.

    Args:
        spec: The specification of the environment.
    """
    if spec.serving is not None and spec.registry is None:
        yield Warn(
            "serving_without_registry",
            "no registry: the endpoint waits for a model version that this environment never registers.",
            Warn.place_of(spec, "serving"),
            "Add `registry: {}`.",
        )
