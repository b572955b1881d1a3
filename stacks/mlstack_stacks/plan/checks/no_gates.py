"""Warns of a pipeline that registers whatever it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds a registry without a gate before it.

    Args:
        spec: The specification of the environment.
    """
    if spec.steps is None or spec.registry is None:
        return
    if spec.steps.evaluate is None or not spec.steps.evaluate.gates:
        key = "steps" if spec.steps.evaluate is None else "steps.evaluate"
        yield Warn(
            "no_gates",
            "no gate: every model that is trained is registered, however bad.",
            Warn.place_of(spec, key),
            'Add `gates: {accuracy: ">= 0.80"}` to `steps.evaluate`.',
        )
