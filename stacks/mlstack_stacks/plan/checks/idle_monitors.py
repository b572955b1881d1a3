"""Warns of a monitor that has nothing to watch or to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec

_MONITORS = {
    "data_quality": "It compares the endpoint's calls with the training data, which the pipeline measures and the "
    "registry keeps.",
    "model_quality": "It compares the endpoint's predictions with labels, and with the evaluation, which the pipeline "
    "measures and the registry keeps.",
}
"""Why a monitor needs the other parts."""


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds monitors without the parts that they work on.

    Args:
        spec: The specification of the environment.
    """
    if spec.monitoring is None:
        return
    missing = [name for name in ("steps", "registry", "serving") if getattr(spec, name) is None]
    if spec.serving is not None and spec.serving.kind == "batch":
        missing.append("serving.kind: realtime")
    if not missing:
        return
    without = " and ".join(f"`{name}`" for name in missing)
    for key, why in _MONITORS.items():
        if getattr(spec.monitoring, key) is not None:
            message = f"a monitor of {key.replace('_', ' ')} without {without}: it is left out."
            yield Warn("idle_monitors", message, Warn.place_of(spec, f"monitoring.{key}", "monitoring"), why)
