"""Warns of a project that nobody answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds a specification without an owner.

    Args:
        spec: The specification of the environment.
    """
    if spec.owner is None:
        yield Warn("no_owner", "no owner: the resources are tagged as unowned.", None, "Add `owner: my-team`.")
