"""Showing what the engine does while it does it: a line a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack.engine.events import Changes, Diagnostic, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack.console import Progress

_SIGNS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "import": "="}


def line(step: Step) -> str:
    """A step in one line, such as `+ aws:s3:Bucket data`.

    Args:
        step: The step.

    Returns:
        Plain text, with the properties that differ.
    """
    properties = f"  [{', '.join(step.properties)}]" if step.properties and step.operation != "create" else ""
    return f"{_SIGNS.get(step.operation, '?')} {step.short_type} {step.name}{properties}"


def follow(shown: Progress) -> Callable[[Step | Diagnostic], None]:
    """What the engine's events do to a console's progress.

    Args:
        shown: The progress.

    Returns:
        A function for `on_event`: resources that are done and what is said become lines, the rest moves the spinner.
    """

    def take(event: Step | Diagnostic) -> None:
        if isinstance(event, Diagnostic):
            # Errors are shown whole at the end, under what to do.
            if event.severity != "error" and event.message:
                shown.line(event.message)
        elif event.is_change and event.phase == "done":
            shown.line(f"  {line(event)}")

    return take


def tell_interrupt() -> None:
    """Says what happens after Ctrl-C, for `on_interrupt`."""
    from mlstack.console import err

    err.print(
        "Interrupted: finishing what is in flight. Ctrl-C again gives up, and may leave resources behind.", markup=False
    )


def plan(changes: Changes) -> list[str]:
    """A preview, a line a change.

    Args:
        changes: What would change.

    Returns:
        Lines of plain text.
    """
    return [f"  {line(step)}" for step in changes.steps]
