"""Warns of training that has a network, which no other has: it reaches the server that its runs are recorded on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds training that records its runs, and a role of somebody else's that must allow it.

    Args:
        spec: The specification of the environment.
    """
    if spec.tracking is None or spec.steps is None:
        return
    place = Warn.place_of(spec, "tracking")
    open_to_all = spec.network is None and (spec.platform is None or not spec.platform.network)
    reach = "the internet" if open_to_all else "what the network lets it reach"
    yield Warn(
        "tracking_without_isolation",
        f"training records its runs, so its container is not isolated and reaches {reach}.",
        place,
        "Add `network: {zones: 2}`, where it reaches the cloud's own services alone." if open_to_all else None,
    )
    if spec.roles is not None and "training" in spec.roles.given():
        yield Warn(
            "tracking_without_isolation",
            "training has a role of your own, which must allow the actions of sagemaker-mlflow on the server itself.",
            place,
        )
