"""Statistics of a metric's data in periods, percentiles and metric math included.

Private parts of moto: `MetricDatum` (`value`) and `MetricAggregatedDatum` (`sum`, `min`, `max`, `sample_count`), and of
both `namespace`, `name`, `dimensions`, `unit`, `timestamp`.
"""

from __future__ import annotations

import ast
import operator
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Series = dict[int, float]
"""A value a period, by the period's start in seconds since 1970."""

_OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


class UnsupportedExpressionError(Exception):
    """The metric math of an alarm is more than is evaluated here."""


@dataclass(frozen=True)
class Sample:
    """Values that were sent together, of which only these figures are known.

    Attributes:
        at: When, in seconds since 1970.
        count: How many there are.
        total: Their sum.
        least: The smallest.
        most: The largest.
    """

    at: float
    count: float
    total: float
    least: float
    most: float


def samples(
    data: Iterable[Any], namespace: str, name: str, dimensions: Mapping[str, str], unit: str | None
) -> list[Sample]:
    """Return the data of one metric; a metric with other dimensions, even with more of them, is another metric.

    Args:
        data: moto's data, of all metrics.
        namespace: The metric's namespace.
        name: Its name.
        dimensions: All of its dimensions.
        unit: Its unit; None for whichever.
    """
    return [
        _sample(each)
        for each in data
        if each.name == name
        and each.namespace == namespace
        and (unit is None or each.unit == unit)
        and {one.name: one.value for one in each.dimensions} == dict(dimensions)
    ]


def series(found: Iterable[Sample], period: int, statistic: str) -> Series:
    """Return a statistic in periods; a period without data is left out.

    Args:
        found: The metric's data.
        period: The period in seconds.
        statistic: `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p99.9`.
    """
    periods: dict[int, list[Sample]] = defaultdict(list)
    for each in found:
        periods[int(each.at // period) * period].append(each)
    return {start: _statistic(inside, statistic) for start, inside in periods.items()}


def calculated(expression: str, known: Mapping[str, Series]) -> Series:
    """Return what arithmetic on other series gives, where all that it names have a value.

    Args:
        expression: Metric math of `+ - * / ^`, parentheses, numbers and ids.
        known: The other series, by id.

    Raises:
        UnsupportedExpressionError: It is more than that.
    """
    try:
        tree = ast.parse(expression.replace("^", "**").strip(), mode="eval").body
    except SyntaxError as error:
        raise UnsupportedExpressionError(expression) from error
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not names or not names <= known.keys():
        raise UnsupportedExpressionError(expression)
    starts = set.intersection(*(set(known[name]) for name in names))
    result: Series = {}
    for start in starts:
        try:
            result[start] = _value(tree, {name: known[name][start] for name in names})
        except ZeroDivisionError:
            continue  # CloudWatch has no value there either.
    return result


def _sample(datum: Any) -> Sample:
    moment: datetime = datum.timestamp
    at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if hasattr(datum, "sample_count"):
        return Sample(at, datum.sample_count, datum.sum, datum.min, datum.max)
    return Sample(at, 1, datum.value, datum.value, datum.value)


def _statistic(inside: list[Sample], statistic: str) -> float:
    count, total = sum(each.count for each in inside), sum(each.total for each in inside)
    plain: dict[str, Callable[[], float]] = {
        "Average": lambda: total / count if count else 0.0,
        "Sum": lambda: total,
        "SampleCount": lambda: count,
        "Minimum": lambda: min(each.least for each in inside),
        "Maximum": lambda: max(each.most for each in inside),
    }
    return plain[statistic]() if statistic in plain else _percentile(inside, float(statistic.lstrip("p")), count)


def _percentile(inside: list[Sample], percent: float, count: float) -> float:
    seen = 0.0
    ordered = sorted(inside, key=lambda each: each.most)
    for each in ordered:
        seen += each.count
        if seen >= count * percent / 100:
            return each.most
    return ordered[-1].most


def _value(node: ast.expr, known: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name):
        return known[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, known)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left, known), _value(node.right, known))
    raise UnsupportedExpressionError(ast.unparse(node))
