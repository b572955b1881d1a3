"""Whether there are credentials, and of the account that mlstack.yaml names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.preflight.outcome import Outcome, Result

if TYPE_CHECKING:
    from mlstack.preflight.subject import Subject


def check(subject: Subject) -> Outcome:
    """Looks at who asks.

    Args:
        subject: The environment.
    """
    session = subject.session
    if isinstance(session, MlstackError):
        return Outcome(Result.FAILURE, session.message, session.next_step)
    return Outcome.ok(f"Account {session.account}, as {subject.caller}.")
