"""Warns of jobs and models that have a network, which no others have: they read secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import Warn
from mlstack_stacks.spec.access import secrets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec import EnvironmentSpec


def check(spec: EnvironmentSpec) -> Iterator[Warn]:
    """Finds the kinds of jobs that read secrets, and secrets that a role of somebody else's must open.

    Args:
        spec: The specification of the environment.
    """
    given = {} if spec.roles is None else spec.roles.given()
    for kind in ("processing", "training", "serving"):
        names = secrets_of(spec, kind)
        if not names:
            continue
        secrets = ", ".join(f'"{name}"' for name in names)
        place = Warn.place_of(spec, *(f"secrets.{name}" for name in names))
        open_to_all = spec.network is None and (spec.platform is None or not spec.platform.network)
        reach = "the internet" if open_to_all else "what the network lets it reach"
        yield Warn(
            "secrets_without_isolation",
            f"{kind} reads {secrets}, so its container is not isolated and reaches {reach}.",
            place,
            "Add `network: {zones: 2}`, where it reaches the cloud's own services alone." if open_to_all else None,
        )
        if kind in given:
            yield Warn(
                "secrets_without_isolation",
                f"{kind} has a role of your own, which must allow secretsmanager:GetSecretValue on {secrets} itself.",
                place,
            )
