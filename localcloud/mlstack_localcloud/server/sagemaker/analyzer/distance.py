"""How far two distributions are from each other, between 0 and 1.

The largest difference of the cumulative distributions, or of the categories' shares (L-infinity). `Robust` takes off
what two samples of this size may differ by chance, after the two-sample Kolmogorov-Smirnov test, as deequ does, which
AWS's container is built on
(https://github.com/awslabs/deequ/blob/master/src/main/scala/com/amazon/deequ/analyzers/Distance.scala).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.server.sagemaker.analyzer.sketch import Distribution

ROBUST = "Robust"
_CORRECTION = 1.8


def numerical(before: Distribution, now: Distribution, method: str) -> float:
    """Return the distance of two distributions of numbers.

    Args:
        before: The baseline's.
        now: The present one.
        method: `Simple` or `Robust`.
    """
    points = {*before.points, *now.points}
    simple = max((abs(before.share_up_to(point) - now.share_up_to(point)) for point in points), default=0.0)
    return _corrected(simple, before.size, now.size, method)


def categorical(before: Mapping[str, int], now: Mapping[str, int], method: str) -> float:
    """Return the distance of two distributions of categories.

    Args:
        before: The baseline's counts by category.
        now: The present ones.
        method: `Simple` or `Robust`.
    """
    sizes = sum(before.values()), sum(now.values())
    if not all(sizes):
        return 0.0
    simple = max(abs(before.get(name, 0) / sizes[0] - now.get(name, 0) / sizes[1]) for name in {*before, *now})
    return _corrected(simple, *sizes, method)


def _corrected(simple: float, size: int, other: int, method: str) -> float:
    if method != ROBUST:
        return simple
    return max(0.0, simple - _CORRECTION * math.sqrt((size + other) / (size * other)))
