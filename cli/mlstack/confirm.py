"""Asking before something that cannot be undone."""

from __future__ import annotations

import sys

from mlstack_components.errors import UserError


class NotConfirmedError(UserError):
    """Nobody said yes, so nothing was done."""

    code = "not-confirmed"


def confirm(question: str, *, yes: bool) -> None:
    """Goes on only when the user says so.

    Args:
        question: What is asked, with a question mark.
        yes: Whether `--yes` was given, so that nothing is asked.

    Raises:
        NotConfirmedError: The answer was no, or there is no terminal to ask on.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise NotConfirmedError(f"This needs an answer, and there is no terminal: {question}", next_step="Add --yes.")
    import typer

    if not typer.confirm(question, err=True):
        raise NotConfirmedError("Nothing was done.")
