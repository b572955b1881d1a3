"""The values that tuning tries for a hyperparameter: what a list in `steps.tune.ranges` means.

Two numbers are the ends of a range: of whole numbers where both are whole, else of any numbers. Every other list is a
choice among its values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import PlainValidator, WithJsonSchema

from mlstack_stacks.spec.values import wrong

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_CHOICES = 30  # CategoricalParameterRange.Values
MAX_TEXT = 256  # ParameterValue
_ENDS = 2


@dataclass(frozen=True)
class NumberRange:
    """All numbers between two.

    Attributes:
        minimum: The least, included.
        maximum: The greatest, included.
    """

    minimum: int | float
    maximum: int | float

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are tried."""
        return isinstance(self.minimum, int) and isinstance(self.maximum, int)


@dataclass(frozen=True)
class ChoiceRange:
    """One of some values.

    Attributes:
        values: The values.
    """

    values: tuple[int | float | str | bool, ...]


Range: TypeAlias = NumberRange | ChoiceRange


def combinations(ranges: Iterable[Range]) -> int:
    """How many combinations some choices have; ranges of numbers count as one."""
    return math.prod(len(each.values) for each in ranges if isinstance(each, ChoiceRange))


def parse_range(value: Any) -> Range:
    """Reads a range such as `[2, 12]` or `[gini, entropy]`."""
    if isinstance(value, NumberRange | ChoiceRange):
        return value
    if not isinstance(value, list | tuple) or len(value) < _ENDS:
        raise wrong("a range is a list of two numbers, or of the values to choose from.", "Such as [2, 12].")
    for each in value:
        _check_value(each)
    if len(value) == _ENDS and all(_is_number(each) for each in value):
        return NumberRange(*value)
    if len(value) > MAX_CHOICES:
        raise wrong(f"{len(value)} values are too many to choose from: {MAX_CHOICES} are allowed.")
    if repeated := [each for index, each in enumerate(value) if _text(each) in map(_text, value[:index])]:
        raise wrong(f"{_text(repeated[0])} stands here more than once.", "Remove one.")
    return ChoiceRange(tuple(value))


def _check_value(value: object) -> None:
    if not isinstance(value, bool | int | float | str):
        raise wrong("a range holds numbers, texts, true and false.")
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong("a range holds finite numbers.")
    if isinstance(value, str) and not (0 < len(value) <= MAX_TEXT and value.isprintable()):
        raise wrong(f"a text of a range is printable and has 1 to {MAX_TEXT} characters.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


RangeExpression = Annotated[
    Range,
    PlainValidator(parse_range),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": ["integer", "number", "string", "boolean"]},
            "minItems": _ENDS,
            "maxItems": MAX_CHOICES,
            "examples": [[2, 12], ["gini", "entropy"]],
        }
    ),
]
