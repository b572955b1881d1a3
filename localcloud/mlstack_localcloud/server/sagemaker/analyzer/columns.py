"""A column's type and statistics, as statistics.json has them.

Source of the form: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlstack_localcloud.server.sagemaker.analyzer import sketch

INTEGRAL, FRACTIONAL, STRING, UNKNOWN = "Integral", "Fractional", "String", "Unknown"
MOST_CATEGORIES = 1000
"""With more different texts a column tells its number of values, but no distribution."""

_INTEGRAL = re.compile(r"[-+]?[0-9]+")


@dataclass(frozen=True)
class Column:
    """The values of one feature.

    Attributes:
        name: The feature.
        values: A value a row: a number, a text, or None where it is missing.
    """

    name: str
    values: tuple[Any, ...]

    @cached_property
    def present(self) -> list[tuple[str, Any]]:
        """The values that are there, each with its type."""
        return [typed for value in self.values if (typed := typed_value(value))[0] != UNKNOWN]

    @cached_property
    def types(self) -> Counter[str]:
        """How many values have a type."""
        return Counter(kind for kind, _ in self.present)

    @cached_property
    def inferred_type(self) -> str:
        """`Integral` or `Fractional` where all values are numbers, else `String`; `Unknown` where there are none."""
        if not self.present:
            return UNKNOWN
        if self.types[STRING]:
            return STRING
        return FRACTIONAL if self.types[FRACTIONAL] else INTEGRAL

    @property
    def completeness(self) -> float:
        """Which share of the values is there; 1 for a column without rows."""
        return len(self.present) / len(self.values) if self.values else 1.0

    @cached_property
    def numbers(self) -> list[float]:
        """The values that are numbers."""
        return [float(value) for kind, value in self.present if kind != STRING]

    @cached_property
    def categories(self) -> Counter[str]:
        """How often each value is there, as text."""
        return Counter(str(value) for _, value in self.present)

    def statistics(self) -> dict[str, Any]:
        """Return the feature's entry of statistics.json."""
        common = {"num_present": len(self.present), "num_missing": len(self.values) - len(self.present)}
        entry: dict[str, Any] = {"name": self.name, "inferred_type": self.inferred_type}
        if self.inferred_type in {INTEGRAL, FRACTIONAL}:
            entry["numerical_statistics"] = {"common": common, **_numerical(self.numbers)}
        else:
            entry["string_statistics"] = {"common": common, **_textual(self.categories)}
        return entry


def typed_value(value: Any) -> tuple[str, Any]:
    """Return a value's type and the value as that type.

    Args:
        value: A cell of a CSV file, or a value of JSON.
    """
    if isinstance(value, bool):
        return STRING, str(value).lower()
    if isinstance(value, int):
        return INTEGRAL, value
    text = "" if value is None else str(value).strip()
    if _INTEGRAL.fullmatch(text):
        return INTEGRAL, int(text)
    try:
        number = float(text)
    except ValueError:
        return (STRING, text) if text else (UNKNOWN, None)
    return (FRACTIONAL, number) if math.isfinite(number) else (UNKNOWN, None)


def _numerical(numbers: list[float]) -> dict[str, Any]:
    mean = math.fsum(numbers) / len(numbers)
    variance = math.fsum((number - mean) ** 2 for number in numbers) / len(numbers)
    return {
        "mean": mean,
        "sum": math.fsum(numbers),
        "std_dev": math.sqrt(variance),
        "min": min(numbers),
        "max": max(numbers),
        "distribution": {
            "kll": {
                "buckets": sketch.buckets(numbers),
                "sketch": {
                    "parameters": {"c": sketch.SHRINKING, "k": float(sketch.CAPACITY)},
                    "data": sketch.levels(numbers),
                },
            }
        },
    }


def _textual(categories: Counter[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"distinct_count": float(len(categories))}
    if len(categories) <= MOST_CATEGORIES:
        buckets = [{"value": value, "count": count} for value, count in categories.most_common()]
        entry["distribution"] = {"categorical": {"buckets": buckets}}
    return entry
