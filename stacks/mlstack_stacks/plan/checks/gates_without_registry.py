"""Warns of gates that keep nothing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds gates without a registry behind them.

    Args:
        spec: The specification of the environment.
    """
    evaluate = None if spec.steps is None else spec.steps.evaluate
    if evaluate is not None and evaluate.gates and spec.registry is None:
        yield Warn(
            "gates_without_registry",
            "no registry: a model that passes the gates is registered nowhere.",
            Warn.place_of(spec, "steps.evaluate.gates"),
            "Add `registry: {}`.",
        )
