"""When a schedule is due: `at(...)`, `rate(...)` and `cron(...)` in a time zone.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORM = re.compile(r"(at|rate|cron)\((.*)\)")
_RATE = re.compile(r"([1-9][0-9]*) (minute|hour|day)s?")
_PART = re.compile(r"(\*|\?|\w+)(?:-(\w+))?(?:/([0-9]+))?")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# The least and the largest value of each field, and the names that stand for values from the least on.
_FIELDS: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (1, 7, _WEEKDAYS),
    (1970, 2199, ()),
)


class ExpressionError(ValueError):
    """A schedule's expression is none, or is one that the local cloud does not evaluate."""


def check(expression: str, zone: str) -> None:
    """Refuse an expression that can't be evaluated.

    Args:
        expression: The schedule's expression.
        zone: Its time zone.

    Raises:
        ExpressionError: It can't.
    """
    next(_times(expression, zone, created=0.0, after=0.0, until=0.0), None)


def is_due(expression: str, zone: str, *, created: float, after: float, until: float) -> bool:
    """Tell whether a schedule is due in a span of time.

    Args:
        expression: The schedule's expression.
        zone: Its time zone, such as `Europe/Berlin`.
        created: When it was made, in seconds since 1970: what rates count from.
        after: The beginning of the span, which is not part of it.
        until: Its end, which is.

    Raises:
        ExpressionError: The expression can't be evaluated.
    """
    return next(_times(expression, zone, created=created, after=after, until=until), None) is not None


def _times(expression: str, zone: str, *, created: float, after: float, until: float) -> Iterator[float]:
    match = _FORM.fullmatch(expression.strip())
    if match is None:
        raise ExpressionError(f"Invalid Schedule Expression {expression}.")
    kind, text = match.groups()
    found = {"at": _at, "rate": _rate, "cron": _cron}[kind](text.strip(), _zone(zone), created, after, until)
    yield from (time for time in found if after < time <= until)


def _at(text: str, zone: ZoneInfo, _created: float, _after: float, _until: float) -> list[float]:
    try:
        return [datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone).timestamp()]
    except ValueError as error:
        raise ExpressionError(f"Invalid Schedule Expression at({text}).") from error


def _rate(text: str, _zone: ZoneInfo, created: float, after: float, until: float) -> list[float]:
    match = _RATE.fullmatch(text)
    if match is None:
        raise ExpressionError(f"Invalid Schedule Expression rate({text}).")
    period = int(match.group(1)) * _SECONDS[match.group(2)]
    # "Your schedule starts invoking the target immediately": the first time is that of its making.
    newest = created + max(0, math.floor((until - created) / period)) * period
    return [newest] if newest > after else []


def _cron(text: str, zone: ZoneInfo, _created: float, after: float, until: float) -> Iterator[float]:
    fields = _fields(text)
    minute = datetime.fromtimestamp(after, UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    while minute.timestamp() <= until:
        local = minute.astimezone(zone)
        # Sunday is 1.
        values = (local.minute, local.hour, local.day, local.month, local.isoweekday() % 7 + 1, local.year)
        if all(field is None or value in field for value, field in zip(values, fields, strict=True)):
            yield minute.timestamp()
        minute += timedelta(minutes=1)


@lru_cache(maxsize=256)
def _fields(text: str) -> tuple[frozenset[int] | None, ...]:
    given = text.split()
    if len(given) != len(_FIELDS) or (given[2] == "?") == (given[4] == "?"):
        raise ExpressionError(f"Invalid Schedule Expression cron({text}).")
    return tuple(_field(each, *limits) for each, limits in zip(given, _FIELDS, strict=True))


def _field(text: str, least: int, most: int, names: tuple[str, ...]) -> frozenset[int] | None:
    """The values of a field; None for all."""
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            # L, W and # (the last day, the nearest weekday, the second Monday) among them.
            raise ExpressionError(f"The local cloud does not evaluate {text} of a cron expression.")
        first, last, step = match.groups()
        if first in {"*", "?"}:
            low, high = least, most
        else:
            low = _value(first, least, most, names)
            high = _value(last, least, most, names) if last else (most if step else low)
        found.update(range(low, high + 1, int(step or 1)))
    return None if len(found) > most - least else frozenset(found)


def _value(text: str, least: int, most: int, names: tuple[str, ...]) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + least
    if text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise ExpressionError(f"The local cloud does not evaluate {text} in a cron expression.")


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ExpressionError(f"{name} is no time zone.") from error
