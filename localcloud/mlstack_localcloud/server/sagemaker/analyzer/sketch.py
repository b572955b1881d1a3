"""A sketch of numbers in the form of a KLL sketch: levels of values, each level weighing twice the one before.

Level 0 holds the values themselves as long as there are few, so distances between small datasets are exact. Source of
the form: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

CAPACITY = 2048
"""How many values a level holds at most; the parameter `k` of AWS's own sketches."""

SHRINKING = 0.64
"""The parameter `c` of AWS's own sketches."""

BUCKETS = 10
"""How many buckets a distribution is shown in; fixed in AWS's container, too."""


def levels(values: Sequence[float]) -> list[list[float]]:
    """Return the levels of a sketch.

    Args:
        values: The numbers, in any order.
    """
    current, result = sorted(values), []
    while len(current) > CAPACITY:
        # Every second value stands for two; an odd one keeps its own weight.
        result.append(current[-1:] if len(current) % 2 else [])
        current = current[1 : len(current) - len(current) % 2 : 2]
    return [*result, current]


def buckets(values: Sequence[float]) -> list[dict[str, float]]:
    """Return the values in buckets of equal width.

    Args:
        values: The numbers; none give no buckets.
    """
    if not values:
        return []
    low, high = min(values), max(values)
    width = (high - low) / BUCKETS
    counts = [0] * BUCKETS
    for value in values:
        counts[min(BUCKETS - 1, int((value - low) / width)) if width else 0] += 1
    return [
        {"lower_bound": low + width * number, "upper_bound": low + width * (number + 1), "count": count}
        for number, count in enumerate(counts)
    ]


class Distribution:
    """The cumulative distribution that a sketch tells.

    Attributes:
        size: How many values it stands for.
        points: The values at which it rises, ascending.
    """

    def __init__(self, sketch_levels: Sequence[Sequence[float]]) -> None:
        weighted = sorted((value, 2**level) for level, values in enumerate(sketch_levels) for value in values)
        self.points = [value for value, _ in weighted]
        self._sums = list(accumulate(weight for _, weight in weighted))
        self.size = self._sums[-1] if self._sums else 0

    def share_up_to(self, value: float) -> float:
        """Return which share of the values is no greater than one."""
        position = bisect_right(self.points, value)
        return self._sums[position - 1] / self.size if position else 0.0


def read(statistics: dict[str, Any]) -> Distribution | None:
    """Return the distribution of a feature's statistics, or None where they have no sketch.

    Args:
        statistics: `numerical_statistics` of a statistics.json.
    """
    sketch = statistics.get("distribution", {}).get("kll", {}).get("sketch", {}).get("data")
    found = Distribution(sketch) if sketch else None
    return found if found is not None and found.size else None
