"""Running all checks of an account, side by side; one that fails keeps no other from running."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.preflight.outcome import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack.preflight.subject import Subject

CHECKS: tuple[str, ...] = ("credentials", "region", "state", "permissions", "quotas", "collisions", "budget")
"""The checks, each a module below `checks` with a function `check` from the subject to an outcome."""


@dataclass(frozen=True)
class Checked:
    """A check and what it found.

    Attributes:
        name: The check, stable for scripts.
        outcome: What it found.
    """

    name: str
    outcome: Outcome


def run_checks(subject: Subject, names: Sequence[str] = CHECKS) -> list[Checked]:
    """Runs checks.

    Args:
        subject: What they look at.
        names: Which ones.

    Returns:
        What each found, in this order.
    """
    with ThreadPoolExecutor(max_workers=len(names)) as pool:
        return list(pool.map(lambda name: Checked(name, _run(subject, name)), names))


def _run(subject: Subject, name: str) -> Outcome:
    from mlstack.cloud.errors import explained

    try:
        with explained(subject.spec):
            outcome: Outcome = import_module(f"mlstack.preflight.checks.{name}").check(subject)
            return outcome
    except MlstackError as error:
        return Outcome(Result.UNKNOWN, error.message, error.next_step)
