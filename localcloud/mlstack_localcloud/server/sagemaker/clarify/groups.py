"""Which rows belong to a group: those of a facet, and those with a favourable label.

As the library that SageMaker Clarify measures with decides it (github.com/aws/amazon-sagemaker-clarify, `common.py`):
of several values, or of text, a group has equal ones; of one value of a column of numbers, those above it, unless the
numbers are whole and few. Two different values are always two categories here, so that the answers `0` and `1` mean the
same in a short window of calls as in a long one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.columns import FRACTIONAL, INTEGRAL, Column
from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW = 0.05
"""From which share of different values on whole numbers are continuous (UNIQUENESS_THRESHOLD)."""

_TWO = 2


@dataclass(frozen=True)
class Group:
    """Some rows of a column.

    Attributes:
        name: What files call it: the values, or an interval.
        members: Whether it has a row, one a row.
    """

    name: str
    members: tuple[bool, ...]


def group_of(column: str, values: Sequence[Any], wanted: Sequence[Any]) -> Group:
    """Return the rows with wanted values.

    Args:
        column: The column's name, for messages.
        values: Its values.
        wanted: Values, or one threshold.

    Raises:
        DatasetError: Nothing is wanted, or a value is missing.
    """
    if not wanted:
        raise DatasetError(f"The local cloud has to be told which values of {column} are meant.")
    described = Column(column, tuple(values))
    missing = len(values) - len(described.present)
    if missing:
        raise DatasetError(f"{missing} of {len(values)} rows have no {column}.")
    if len(wanted) == 1 and is_continuous(described):
        threshold = _number(column, wanted[0])
        name = f"({threshold:g}, {max(described.numbers):g}]"
        return Group(name, tuple(number > threshold for number in described.numbers))
    meant = {text_of(each) for each in wanted}
    return Group(",".join(sorted(meant)), tuple(text_of(value) in meant for value in values))


def is_continuous(column: Column) -> bool:
    """Return whether a column holds numbers on a scale, and not categories."""
    if column.inferred_type == FRACTIONAL:
        return True
    different = len(column.categories)
    return column.inferred_type == INTEGRAL and different > _TWO and different / len(column.present) >= FEW


def text_of(value: Any) -> str:
    """Return a value as text; `1.0` and `1` are the same."""
    _, typed = Column("", (value,)).present[0] if str(value).strip() else ("", "")
    return str(int(typed)) if isinstance(typed, float) and typed.is_integer() else str(typed)


def _number(column: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise DatasetError(f"{value} is no threshold of {column}, which holds numbers.") from error
