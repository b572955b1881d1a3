"""What `mlstack doctor ENV` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack.preflight.outcome import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlstack.preflight.run import Checked

_MARKS = {Result.OK: "ok", Result.WARNING: "?!", Result.FAILURE: "!!", Result.UNKNOWN: "??"}
_MOST_DETAILS = 10


def document(found: Sequence[Checked]) -> list[dict[str, Any]]:
    """All of it for scripts, one object a check.

    Args:
        found: What the checks found.
    """
    return [
        {
            "name": each.name,
            "result": each.outcome.result.value,
            "message": each.outcome.message,
            "next_step": each.outcome.next_step,
            "details": list(each.outcome.details),
        }
        for each in found
    ]


def lines(found: Sequence[Checked]) -> Iterator[str]:
    """All of it as text.

    Args:
        found: What the checks found.
    """
    width = max(len(each.name) for each in found)
    for each in found:
        outcome = each.outcome
        yield f"{_MARKS[outcome.result]}  {each.name:{width}}  {outcome.message}"
        if outcome.result is not Result.OK and len(outcome.details) > 1:
            yield from (f"    {'':{width}}  - {detail}" for detail in outcome.details[:_MOST_DETAILS])
            if len(outcome.details) > _MOST_DETAILS:
                yield f"    {'':{width}}  - and {len(outcome.details) - _MOST_DETAILS} more, see --json"
        if outcome.next_step:
            yield f"    {'':{width}}  {outcome.next_step}"
