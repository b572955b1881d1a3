"""Which hyperparameters a tuning job tries.

| strategy | here |
| --- | --- |
| `Random` | each value by chance |
| `Grid` | each combination of the categories once |
| `Bayesian` | evenly spread points; the results so far are *not* looked at, as SageMaker would |

The spread points are an additive recurrence (R-sequence: Martin Roberts, "The unreasonable effectiveness of
quasirandom sequences", 2018), shifted by chance: for few tries it leaves smaller holes than chance does.
"""

from __future__ import annotations

import itertools
import math
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_localcloud.server.sagemaker.ports import Document

STRATEGIES = ("Bayesian", "Random", "Grid")
_NEWTON_STEPS = 60


class RangeError(ValueError):
    """A range that no value can be taken from; the message says why."""


def candidates(config: Document) -> Iterator[dict[str, str]]:
    """Yield the hyperparameters of one try after the other; only those of a grid end.

    Args:
        config: The HyperParameterTuningJobConfig.

    Raises:
        RangeError: A range has no values, or the strategy can't use it.
    """
    ranges = config.get("ParameterRanges", {})
    numbers = [
        *((each, True) for each in ranges.get("IntegerParameterRanges", [])),
        *((each, False) for each in ranges.get("ContinuousParameterRanges", [])),
    ]
    categories = ranges.get("CategoricalParameterRanges", [])
    if not numbers and not categories:
        raise RangeError("ParameterRanges has no range.")
    for each, _ in numbers:
        _check_limits(each)
    if config["Strategy"] == "Grid":
        if numbers:
            raise RangeError(f"The strategy Grid takes categorical ranges only, and {numbers[0][0]['Name']} is none.")
        return _grid(categories)
    chance = random.Random(config.get("RandomSeed"))  # noqa: S311 - no secret
    size = len(numbers) + len(categories)
    points = _random(size, chance) if config["Strategy"] == "Random" else _spread(size, chance)
    return (_values(point, numbers, categories) for point in points)


def grid_size(config: Document) -> int:
    """Return how many combinations the categories have."""
    categories = config.get("ParameterRanges", {}).get("CategoricalParameterRanges", [])
    return math.prod(len(each["Values"]) for each in categories)


def _check_limits(each: Document) -> None:
    try:
        low, high = float(each["MinValue"]), float(each["MaxValue"])
    except ValueError as error:
        raise RangeError(f"The range {each['Name']} has limits that are no numbers.") from error
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise RangeError(f"The range {each['Name']} begins at {each['MinValue']} and ends at {each['MaxValue']}.")
    scaling = each.get("ScalingType")
    if scaling == "Logarithmic" and low <= 0:
        raise RangeError(f"The range {each['Name']} is logarithmic and begins at {each['MinValue']}.")
    if scaling == "ReverseLogarithmic" and not (low >= 0 and high < 1):
        raise RangeError(f"The range {each['Name']} is reverse logarithmic and not within 0 and 1.")


def _grid(categories: list[Document]) -> Iterator[dict[str, str]]:
    names = [each["Name"] for each in categories]
    for values in itertools.product(*(each["Values"] for each in categories)):
        yield dict(zip(names, values, strict=True))


def _random(size: int, chance: random.Random) -> Iterator[list[float]]:
    while True:
        yield [chance.random() for _ in range(size)]


def _spread(size: int, chance: random.Random) -> Iterator[list[float]]:
    # The root of x^(size+1) = x + 1, which is the golden ratio for one dimension.
    root = 2.0
    for _ in range(_NEWTON_STEPS):
        root = (1 + root) ** (1 / (size + 1))
    point = [chance.random() for _ in range(size)]
    while True:
        yield list(point)
        point = [(value + root ** -(index + 1)) % 1 for index, value in enumerate(point)]


def _values(point: list[float], numbers: list[tuple[Document, bool]], categories: list[Document]) -> dict[str, str]:
    result: dict[str, str] = {}
    for place, (each, whole) in zip(point, numbers, strict=False):
        result[each["Name"]] = _number(place, each, whole=whole)
    for place, each in zip(point[len(numbers) :], categories, strict=True):
        result[each["Name"]] = each["Values"][int(place * len(each["Values"]))]
    return result


def _number(place: float, each: Document, *, whole: bool) -> str:
    low, high = float(each["MinValue"]), float(each["MaxValue"])
    scaling: Any = each.get("ScalingType", "Auto")
    if whole and scaling not in {"Logarithmic", "ReverseLogarithmic"}:
        return str(int(low) + int(place * (int(high) - int(low) + 1)))
    if scaling == "Logarithmic":
        value = low * (high / low) ** place
    elif scaling == "ReverseLogarithmic":
        value = 1 - (1 - low) * ((1 - high) / (1 - low)) ** place
    else:
        value = low + place * (high - low)
    return str(min(max(round(value), math.ceil(low)), math.floor(high))) if whole else repr(min(max(value, low), high))
