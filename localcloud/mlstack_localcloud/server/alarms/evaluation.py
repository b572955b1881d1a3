"""In which state an alarm is, by its metric's data: a pure function of alarm, data and time.

Source: "Evaluating an alarm" and "Configuring how CloudWatch alarms treat missing data" in the CloudWatch user guide.
The period that has just begun counts as soon as it has data, so an alarm goes off while the trouble is there.

Private parts of moto: the attributes of `Alarm`, `MetricDataQuery` and `MetricStat`.
"""

from __future__ import annotations

import json
import operator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .statistics import Series, calculated, samples, series

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ALARM, OK, INSUFFICIENT_DATA = "ALARM", "OK", "INSUFFICIENT_DATA"

_COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}


@dataclass(frozen=True)
class Verdict:
    """What an evaluation comes to.

    Attributes:
        state: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        reason: Why, as CloudWatch words it.
        reason_data: The same for programs, JSON.
    """

    state: str
    reason: str
    reason_data: str


def verdict(alarm: Any, data: Sequence[Any], now: float) -> Verdict | None:
    """Return the state that an alarm should be in; None where it should stay as it is.

    Args:
        alarm: moto's alarm.
        data: moto's metric data, of all metrics.
        now: The time, in seconds since 1970.

    Raises:
        UnsupportedExpressionError: Its metric math is more than is evaluated here.
    """
    if alarm.comparison_operator not in _COMPARISONS or alarm.threshold is None:
        return None
    found, period = _watched(alarm, data)
    last = int(now // period) * period
    if last not in found:
        last -= period
    periods = int(alarm.evaluation_periods)
    starts = [last - period * number for number in range(periods)]
    values = [found.get(start) for start in starts]
    state = _state(alarm, values, periods)
    if state is None:
        return None
    return Verdict(state, _reason(alarm, starts, values, state), _reason_data(alarm, period, starts, values, now))


def _watched(alarm: Any, data: Sequence[Any]) -> tuple[Series, int]:
    """The series that an alarm compares, and its period."""
    if not alarm.metric_data_queries:
        dimensions = {each.name: each.value for each in alarm.dimensions}
        found = samples(data, alarm.namespace, alarm.metric_name, dimensions, alarm.unit)
        statistic = alarm.statistic or alarm.extended_statistic
        return series(found, int(alarm.period), statistic), int(alarm.period)
    known: dict[str, Series] = {}
    periods: list[int] = []
    for query in alarm.metric_data_queries:
        if query.metric_stat is not None:
            stat = query.metric_stat
            dimensions = {each.name: each.value for each in stat.metric.dimensions}
            found = samples(data, stat.metric.namespace, stat.metric.metric_name, dimensions, stat.unit)
            periods.append(int(stat.period))
            known[query.id] = series(found, int(stat.period), stat.stat)
    # An expression may name another that stands below it.
    pending = [query for query in alarm.metric_data_queries if query.metric_stat is None]
    for query in sorted(pending, key=lambda each: bool(each.return_data)):
        known[query.id] = calculated(query.expression, known)
    returned = [query.id for query in alarm.metric_data_queries if query.return_data]
    return known[returned[0] if returned else alarm.metric_data_queries[0].id], max(periods, default=60)


def _state(alarm: Any, values: list[float | None], periods: int) -> str | None:
    compare = _COMPARISONS[alarm.comparison_operator][0]
    needed = int(alarm.datapoints_to_alarm or periods)
    breaching = sum(value is not None and compare(value, alarm.threshold) for value in values)
    missing = sum(value is None for value in values)
    treatment = alarm.treat_missing_data or "missing"
    if treatment == "breaching":
        return ALARM if breaching + missing >= needed else OK
    if treatment == "notBreaching":
        return ALARM if breaching >= needed else OK
    if missing == periods:
        return INSUFFICIENT_DATA if treatment == "missing" else None
    if treatment == "ignore" and breaching < needed <= breaching + missing:
        return None
    # What is there decides, so that an alarm goes off before the whole window is full.
    return ALARM if breaching >= min(needed, periods - missing) else OK


def _reason(alarm: Any, starts: list[int], values: list[float | None], state: str) -> str:
    given = [(start, value) for start, value in zip(starts, values, strict=True) if value is not None]
    if state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {len(values)} datapoints were unknown."
    compare, words = _COMPARISONS[alarm.comparison_operator]
    if not given:
        treated = "[Breaching]" if state == ALARM else "[NonBreaching]"
        missing = f"no datapoints were received for {len(values)} periods"
        return f"Threshold Crossed: {missing} and {len(values)} missing datapoints were treated as {treated}."
    shown = [(start, value) for start, value in given if compare(value, alarm.threshold) is (state == ALARM)] or given
    points = ", ".join(f"{value} ({datetime.fromtimestamp(start, UTC):%d/%m/%y %H:%M:%S})" for start, value in shown)
    was = f"{'was' if len(shown) == 1 else 'were'} {'' if state == ALARM else 'not '}{words}"
    count = f"{len(shown)} out of the last {len(values)} datapoints [{points}]"
    return f"Threshold Crossed: {count} {was} the threshold ({alarm.threshold})."


def _reason_data(alarm: Any, period: int, starts: list[int], values: list[float | None], now: float) -> str:
    found = [(start, value) for start, value in zip(starts, values, strict=True) if value is not None]
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": _moment(now),
            "startDate": _moment(starts[-1]),
            "statistic": alarm.statistic or alarm.extended_statistic,
            "period": period,
            "recentDatapoints": [value for _, value in reversed(found)],
            "threshold": alarm.threshold,
            "evaluatedDatapoints": [{"timestamp": _moment(start), "value": value} for start, value in found],
        }
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
