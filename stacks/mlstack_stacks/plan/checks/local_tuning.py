"""Warns of tuning that the local cloud will refuse when the pipeline runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds a strategy and early stopping that only the cloud has.

    Args:
        spec: The specification of the environment.
    """
    tune = spec.steps.tune if spec.steps else None
    if not spec.is_local or tune is None:
        return
    if tune.strategy == "hyperband":
        yield Warn(
            "local_tuning",
            "the local cloud has no strategy hyperband: the run will fail there.",
            Warn.place_of(spec, "steps.tune.strategy", "steps.tune"),
            "Add `local: {steps: {tune: {strategy: random}}}` to `environments`.",
        )
    if tune.early_stopping:
        yield Warn(
            "local_tuning",
            "the local cloud has no early stopping: the run will fail there.",
            Warn.place_of(spec, "steps.tune.early_stopping", "steps.tune"),
            "Add `local: {steps: {tune: {early_stopping: false}}}` to `environments`.",
        )
