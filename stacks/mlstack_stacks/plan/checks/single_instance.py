"""Warns of an endpoint in the cloud that goes down with one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds an endpoint with one instance.

    Args:
        spec: The specification of the environment.
    """
    if spec.is_local or spec.serving is None or spec.serving.kind == "batch" or spec.serving.instances.min > 1:
        return
    if spec.serving.kind != "realtime":  # The others have no instances, or calls wait for one.
        return
    yield Warn(
        "single_instance",
        "one instance: the endpoint is down whenever its machine or zone is (SageMaker.4).",
        Warn.place_of(spec, "serving.instances.min", "serving"),
        "Write `instances: {min: 2}` where people depend on it.",
    )
