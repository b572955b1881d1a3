"""When a monitoring schedule fires, and which window of captured calls it looks at; all in UTC.

Source of the expressions: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html.
Others than these AWS refuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOW = "NOW"
DAILY = "cron(0 0 ? * * *)"
"""What a schedule without an expression gets; AWS chooses an hour of its own."""

_HOURS_A_DAY = 24
_EXPRESSION = re.compile(r"cron\(0 (?:(\*)|([0-9]{1,2})(?:/([0-9]{1,2}))?) \? \* \* \*\)")
_OFFSET = re.compile(r"(-?)P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?")


class ExpressionError(ValueError):
    """A schedule expression or an offset that AWS does not take; the message says so."""


@dataclass(frozen=True)
class Recurrence:
    """At which hours a schedule fires.

    Attributes:
        first: The first hour of a day.
        every: How many hours lie between two firings; 24 once a day.
    """

    first: int
    every: int

    @classmethod
    def of(cls, expression: str) -> Recurrence:
        """Read a cron expression.

        Raises:
            ExpressionError: AWS does not take it.
        """
        match = _EXPRESSION.fullmatch(expression)
        if match is None:
            raise ExpressionError(
                f"The schedule expression {expression!r} is not supported: cron(0 * ? * * *), cron(0 [00-23] ? * * *), "
                "cron(0 [00-23]/[01-24] ? * * *) and NOW are."
            )
        if match[1]:
            return cls(0, 1)
        first, every = int(match[2]), int(match[3] or _HOURS_A_DAY)
        if first >= _HOURS_A_DAY or not 1 <= every <= _HOURS_A_DAY:
            raise ExpressionError(f"The schedule expression {expression!r} names an hour that there is not.")
        return cls(first, every)

    def after(self, moment: datetime) -> datetime:
        """Return the first firing after a moment."""
        hour = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        while hour.hour < self.first or (hour.hour - self.first) % self.every:
            hour += timedelta(hours=1)
        return hour


@dataclass(frozen=True)
class Window:
    """From when to when calls are looked at.

    Attributes:
        start: The first moment.
        end: The first moment that is not in it any more.
    """

    start: datetime
    end: datetime

    def folders(self) -> list[str]:
        """Return the folders of capture files that hold it: an hour, or days, of which more than the window is brought.

        A processing job has ten inputs at most, so hours can't be named one by one.
        """
        last = self.end - timedelta(microseconds=1)
        if self.start.replace(minute=0, second=0, microsecond=0) == last.replace(minute=0, second=0, microsecond=0):
            return [f"{self.start:%Y/%m/%d/%H}"]
        days = (last.date() - self.start.date()).days
        return [f"{self.start + timedelta(days=day):%Y/%m/%d}" for day in range(days + 1)]


def before(recurrence: Recurrence, moment: datetime) -> Window:
    """Return what a firing looks at: everything since the one before.

    Args:
        recurrence: When the schedule fires.
        moment: When it does now.
    """
    return Window(moment - timedelta(hours=recurrence.every), moment)


def relative(start: str, end: str, moment: datetime) -> Window:
    """Return the window of a schedule that runs once.

    Args:
        start: Its start, an offset from now such as `-PT1H`.
        end: Its end, such as `-PT0H`.
        moment: Now.

    Raises:
        ExpressionError: An offset is none, or nothing lies between them.
    """
    # Captured calls tell whole seconds, so the one that runs belongs to the window.
    second = moment.replace(microsecond=0) + timedelta(seconds=1)
    window = Window(second + _offset(start), second + _offset(end))
    if window.start >= window.end:
        raise ExpressionError(f"Nothing lies between DataAnalysisStartTime {start} and DataAnalysisEndTime {end}.")
    return window


def utc(seconds: float) -> datetime:
    """Return a time of the tables as a moment."""
    return datetime.fromtimestamp(seconds, UTC)


def _offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise ExpressionError(f"{text!r} is no offset in ISO 8601, such as -PT1H.")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] else length
