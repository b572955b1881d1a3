"""Warns of a rollout in steps that nothing watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds a canary or linear rollout without an alarm.

    Args:
        spec: The specification of the environment.
    """
    if spec.serving is None:
        return
    rollout = spec.serving.rollout
    if rollout.kind == "all_at_once" or rollout.rollback_alarms:
        return
    yield Warn(
        "unwatched_rollout",
        f"a {rollout.kind} rollout without alarms: it waits, but nothing brings the former model back.",
        Warn.place_of(spec, "serving.rollout.kind", "serving.rollout"),
        "Name alarms in `rollback_alarms`.",
    )
