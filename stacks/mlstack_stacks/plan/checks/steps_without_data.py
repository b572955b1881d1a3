"""Warns of a pipeline that has no data of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds steps without data.

    Args:
        spec: The specification of the environment.
    """
    if spec.steps is not None and spec.data is None:
        yield Warn(
            "steps_without_data",
            "no data: each run must be told where its data lies.",
            Warn.place_of(spec, "steps"),
            "Add `data: {source: data/data.csv}`, or run with `--data NAME` or `--set DataUri=s3://...`.",
        )
