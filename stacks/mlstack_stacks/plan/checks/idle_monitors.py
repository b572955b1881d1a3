"""Warns of a monitor that has nothing to watch or to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds monitors without the parts that they work on.

    Args:
        spec: The specification of the environment.
    """
    if spec.monitoring is None or spec.monitoring.data_quality is None:
        return
    missing = [name for name in ("steps", "registry", "serving") if getattr(spec, name) is None]
    if spec.serving is not None and spec.serving.kind == "batch":
        missing.append("serving.kind: realtime")
    if missing:
        yield Warn(
            "idle_monitors",
            f"a monitor of data quality without {' and '.join(f'`{name}`' for name in missing)}: it is left out.",
            Warn.place_of(spec, "monitoring.data_quality", "monitoring"),
            "It compares the endpoint's calls with the training data, which the pipeline measures and the registry "
            "keeps.",
        )
