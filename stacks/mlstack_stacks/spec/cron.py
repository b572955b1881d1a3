"""Points in time of mlstack.yaml: `cron` for those that come again, `at` for a single one, both in UTC.

The five fields are those of cron (minute, hour, day of the month, month, weekday; Sunday is 0 or 7), which every
cloud's scheduler can be given in words of its own.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from mlstack_components.errors import quoted
from pydantic import AfterValidator, WithJsonSchema

from mlstack_stacks.spec.values import wrong

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("weekday", 0, 7, _WEEKDAYS),
)
_PART = re.compile(r"(?:\*|([0-9]{1,2}|[A-Z]{3})(?:-([0-9]{1,2}|[A-Z]{3}))?)(?:/([1-9][0-9]?))?")
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")


def _check_cron(value: str) -> str:
    fields = value.split()
    if len(fields) != len(_FIELDS):
        raise wrong(
            f"{quoted(value)} is no cron expression: it has five fields, minute to weekday.",
            'Such as "0 8 * * MON-FRI".',
        )
    for text, (what, least, most, names) in zip(fields, _FIELDS, strict=True):
        if not all(_allowed(part, least, most, names) for part in text.split(",")):
            raise wrong(f"{quoted(text)} is no {what} of a cron expression.", f"Write {least} to {most}, or *.")
    if fields[2] != "*" and fields[4] != "*":
        raise wrong("a schedule is by day of the month or by weekday, not by both.", "Write * for one of them.")
    return value


def _allowed(part: str, least: int, most: int, names: tuple[str, ...]) -> bool:
    match = _PART.fullmatch(part)
    if match is None:
        return False
    ends = [match.group(1), match.group(2)]
    return all(end in names or (end.isdecimal() and least <= int(end) <= most) for end in ends if end is not None)


def _check_at(value: str) -> str:
    if _AT.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return value
    raise wrong(f"{quoted(value)} is no point in time.", 'Write it in UTC, as "2026-12-24T18:00:00".')


CronExpression = Annotated[
    str,
    AfterValidator(_check_cron),
    WithJsonSchema({"type": "string", "pattern": r"^\S+ +\S+ +\S+ +\S+ +\S+$", "examples": ["0 8 * * MON-FRI"]}),
]
PointInTime = Annotated[
    str,
    AfterValidator(_check_at),
    WithJsonSchema({"type": "string", "pattern": f"^{_AT.pattern}$", "examples": ["2026-12-24T18:00:00"]}),
]
