"""When monitoring schedules fire, and over which window."""

from datetime import UTC, datetime

import pytest
from mlstack_localcloud.server.sagemaker.monitoring.times import ExpressionError, Recurrence, Window, before, relative


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "moment", "fires"),
    [
        ("cron(0 * ? * * *)", "2026-01-31T23:10:00", "2026-02-01T00:00:00"),
        ("cron(0 * ? * * *)", "2026-01-31T23:00:00", "2026-02-01T00:00:00"),
        ("cron(0 6 ? * * *)", "2026-01-01T05:59:59", "2026-01-01T06:00:00"),
        ("cron(0 6 ? * * *)", "2026-01-01T06:00:00", "2026-01-02T06:00:00"),
        ("cron(0 0/6 ? * * *)", "2026-01-01T13:00:00", "2026-01-01T18:00:00"),
        ("cron(0 17/12 ? * * *)", "2026-01-01T18:00:00", "2026-01-02T17:00:00"),
    ],
)
def test_the_next_firing(expression, moment, fires):
    assert Recurrence.of(expression).after(at(moment)) == at(fires)


@pytest.mark.parametrize(
    "expression",
    ["cron(5 * ? * * *)", "cron(0 24 ? * * *)", "cron(0 1/25 ? * * *)", "cron(0 0 ? * 2 *)", "rate(1 hour)", "NOW"],
)
def test_what_sagemaker_does_not_take_is_refused(expression):
    with pytest.raises(ExpressionError):
        Recurrence.of(expression)


def test_a_firing_looks_at_everything_since_the_one_before():
    window = before(Recurrence.of("cron(0 0/6 ? * * *)"), at("2026-01-01T06:00:00"))
    assert window == Window(at("2026-01-01T00:00:00"), at("2026-01-01T06:00:00"))
    assert window.folders() == ["2026/01/01"]


@pytest.mark.parametrize(
    ("start", "end", "folders"),
    [
        ("2026-01-01T05:00:00", "2026-01-01T06:00:00", ["2026/01/01/05"]),
        ("2026-01-01T05:30:00", "2026-01-01T06:30:00", ["2026/01/01"]),
        ("2026-01-01T23:30:00", "2026-01-02T00:30:00", ["2026/01/01", "2026/01/02"]),
        ("2026-01-01T00:00:00", "2026-01-02T00:00:00", ["2026/01/01"]),
    ],
)
def test_the_folders_hold_the_window(start, end, folders):
    assert Window(at(start), at(end)).folders() == folders


def test_offsets_count_from_the_end_of_this_second():
    now = at("2026-01-02T03:04:05")
    assert relative("-P1DT1H", "-PT5M", now) == Window(at("2026-01-01T02:04:06"), at("2026-01-02T02:59:06"))


@pytest.mark.parametrize(("start", "end"), [("-PT0H", "-PT1H"), ("yesterday", "-PT0H"), ("-PT", "-PT0H")])
def test_offsets_that_are_none_are_refused(start, end):
    with pytest.raises(ExpressionError):
        relative(start, end, at("2026-01-02T03:04:05"))
