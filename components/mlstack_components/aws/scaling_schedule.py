"""Schedules in Application Auto Scaling's words.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html: six fields,
of which day of the month or weekday is a question mark, and weekdays count from Sunday as 1.
"""

from __future__ import annotations

_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def cron_schedule(cron: str) -> str:
    """Return a schedule that comes again.

    Args:
        cron: Minute, hour, day of the month, month and weekday; Sunday is 0 or 7.
    """
    minute, hour, day, month, weekday = cron.split()
    if weekday == "*":
        return f"cron({minute} {hour} {day} {month} ? *)"
    named = ",".join(_named(part) for part in weekday.split(","))
    return f"cron({minute} {hour} ? {month} {named} *)"


def at_schedule(at: str) -> str:
    """Return a schedule for one point in time.

    Args:
        at: The time in UTC, as `2026-12-24T18:00:00`.
    """
    return f"at({at})"


def _named(part: str) -> str:
    """Weekdays by name, each of a range by itself: in AWS's count a week has no end at Sunday."""
    days, _, step = part.partition("/")
    first, _, last = days.partition("-")
    if not first.isdecimal() or not (last or "0").isdecimal():
        return part
    until = int(last or (6 if step else first))
    return ",".join(_WEEKDAYS[day] for day in range(int(first), until + 1, int(step or 1)))
