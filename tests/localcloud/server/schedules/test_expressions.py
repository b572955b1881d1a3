"""When schedules are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from mlstack_localcloud.server.schedules.expressions import ExpressionError, check, is_due


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def times(expression: str, begin: str, end: str, zone: str = "UTC", created: str = "2026-01-01T00:00:00") -> list[str]:
    """The minutes of a span in which an expression is due."""
    found, minute = [], datetime.fromisoformat(begin).replace(tzinfo=UTC)
    while minute.timestamp() < at(end):
        after, until = minute.timestamp(), (minute + timedelta(minutes=1)).timestamp()
        if is_due(expression, zone, created=at(created), after=after, until=until):
            found.append(f"{minute + timedelta(minutes=1):%a %H:%M}")
        minute += timedelta(minutes=1)
    return found


def test_cron_on_weekdays() -> None:
    # 2026-11-26 is a Thursday.
    assert times("cron(0 20 ? * MON-FRI *)", "2026-11-26T00:00:00", "2026-11-30T23:59:00") == [
        "Thu 20:00",
        "Fri 20:00",
        "Mon 20:00",
    ]


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("cron(0 12 * * ? *)", ["Thu 12:00"]),
        ("cron(0/20 9 * * ? *)", ["Thu 09:00", "Thu 09:20", "Thu 09:40"]),
        ("cron(5,50 9-10 * * ? *)", ["Thu 09:05", "Thu 09:50", "Thu 10:05", "Thu 10:50"]),
        ("cron(0 9 26 11 ? 2026)", ["Thu 09:00"]),
        ("cron(0 9 26 NOV ? 2025-2027)", ["Thu 09:00"]),
        ("cron(0 9 ? * 5 *)", ["Thu 09:00"]),
        ("cron(0 9 ? * 4 *)", []),
        ("cron(0 9 25 * ? *)", []),
        ("at(2026-11-26T07:30:00)", ["Thu 07:30"]),
        ("at(2026-11-27T07:30:00)", []),
        ("rate(8 hours)", ["Thu 08:00", "Thu 16:00", "Fri 00:00"]),
    ],
)
def test_when_it_is_due_on_a_day(expression: str, due: list[str]) -> None:
    assert times(expression, "2026-11-26T00:00:00", "2026-11-27T00:00:00") == due


def test_in_a_time_zone() -> None:
    day = ("2026-07-01T00:00:00", "2026-07-02T00:00:00")
    assert times("cron(0 20 * * ? *)", *day, zone="Europe/Berlin") == ["Wed 18:00"]
    assert times("at(2026-07-01T20:00:00)", *day, zone="Europe/Berlin") == ["Wed 18:00"]


def test_a_rate_begins_when_the_schedule_is_made() -> None:
    made = "2026-11-26T00:00:30"
    assert times("rate(1 hour)", "2026-11-26T00:00:00", "2026-11-26T02:30:00", created=made) == [
        "Thu 00:01",
        "Thu 01:01",
        "Thu 02:01",
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "0 20 * * *",
        "cron(0 20 * * *)",
        "cron(0 20 ? * ? *)",
        "cron(0 20 1 * MON *)",
        "cron(60 20 * * ? *)",
        "cron(0 20 L * ? *)",
        "cron(0 20 ? * 2#1 *)",
        "rate(0 hours)",
        "rate(2 weeks)",
        "at(2026-11-26)",
    ],
)
def test_what_is_not_evaluated_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        check(expression, "UTC")


def test_a_time_zone_that_there_is_not_is_refused() -> None:
    with pytest.raises(ExpressionError, match="Nowhere"):
        check("rate(1 day)", "Nowhere/Town")
