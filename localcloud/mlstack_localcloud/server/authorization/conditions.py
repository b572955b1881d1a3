"""Condition blocks: which operators there are and whether they hold.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and, for
`ForAllValues` and `ForAnyValue`, .../reference_policies_condition-single-vs-multi-valued-context-keys.html.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .context import UnsupportedError
from .variables import has_variables, substituted

if TYPE_CHECKING:
    from collections.abc import Callable

    from .context import Context, Values

_ARN_FIELDS = 6
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")


@dataclass(frozen=True)
class Condition:
    """One operator with one key.

    Attributes:
        operator: The operator's name without qualifier and suffix, such as `StringLike`.
        qualifier: `ForAllValues`, `ForAnyValue` or empty.
        if_exists: Whether it holds of requests without the key.
        key: The key.
        values: What the key is compared with.
    """

    operator: str
    qualifier: str
    if_exists: bool
    key: str
    values: Values


def parse_conditions(block: dict[str, dict[str, Any]]) -> tuple[Condition, ...]:
    """Return the conditions of a statement's Condition element; an unknown operator is found when it is judged."""
    conditions = []
    for name, keys in block.items():
        qualifier, _, operator = name.rpartition(":")
        if_exists = operator.endswith("IfExists")
        operator = operator.removesuffix("IfExists")
        for key, given in keys.items():
            values = tuple(_text(value) for value in (given if isinstance(given, list) else [given]))
            conditions.append(Condition(operator, qualifier, if_exists, key, values))
    return tuple(conditions)


def hold(conditions: tuple[Condition, ...], context: Context) -> bool:
    """Tell whether all conditions hold of a request.

    Args:
        conditions: The conditions of a statement.
        context: The request's keys.

    Raises:
        UnsupportedError: One cannot be judged, and no other settles that they don't all hold.
    """
    unsupported: UnsupportedError | None = None
    for condition in conditions:
        try:
            if not _holds(condition, context):
                return False
        except UnsupportedError as error:
            unsupported = error
    if unsupported is not None:
        raise unsupported
    return True


def _holds(condition: Condition, context: Context) -> bool:
    if condition.operator == "Null":
        absent = context.get(condition.key) is None
        return any((value.lower() == "true") is absent for value in condition.values)
    negated, compare = _operator(condition)
    values = context.get(condition.key)
    if values is None:
        return condition.if_exists or condition.qualifier == "ForAllValues" or (negated and not condition.qualifier)
    wanted = [
        text
        for text in (substituted(each, context) if has_variables(each) else each for each in condition.values)
        if text is not None
    ]

    def fits(value: str) -> bool:
        return any(compare(value, each) for each in wanted) is not negated

    if condition.qualifier == "ForAllValues":
        return all(fits(value) for value in values)
    if condition.qualifier == "ForAnyValue" or not negated:
        return any(fits(value) for value in values)
    return all(fits(value) for value in values)


def _operator(condition: Condition) -> tuple[bool, Callable[[str, str], bool]]:
    known = _OPERATORS.get(condition.operator)
    if known is None or condition.qualifier not in ("", "ForAllValues", "ForAnyValue"):
        qualifier = f"{condition.qualifier}:" if condition.qualifier else ""
        raise UnsupportedError(f"the condition operator {qualifier}{condition.operator}")
    return known


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _like(value: str, pattern: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _arn_like(value: str, pattern: str) -> bool:
    fields, patterns = value.split(":", _ARN_FIELDS - 1), pattern.split(":", _ARN_FIELDS - 1)
    if pattern == "*":
        return True
    return len(fields) == len(patterns) == _ARN_FIELDS and all(map(_like, fields, patterns))


def _in_network(value: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _numbers(holds: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def compare(value: str, wanted: str) -> bool:
        if not _NUMBER.match(value) or not _NUMBER.match(wanted):
            return False
        return holds(float(value), float(wanted))

    return compare


def _dates(holds: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def compare(value: str, wanted: str) -> bool:
        first, second = _seconds(value), _seconds(wanted)
        return first is not None and second is not None and holds(first, second)

    return compare


def _seconds(text: str) -> float | None:
    if _NUMBER.match(text):
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _equal(value: Any, wanted: Any) -> bool:
    return bool(value == wanted)


def _equal_ignoring_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


_OPERATORS: dict[str, tuple[bool, Callable[[str, str], bool]]] = {
    "StringEquals": (False, _equal),
    "StringNotEquals": (True, _equal),
    "StringEqualsIgnoreCase": (False, _equal_ignoring_case),
    "StringNotEqualsIgnoreCase": (True, _equal_ignoring_case),
    "StringLike": (False, _like),
    "StringNotLike": (True, _like),
    "NumericEquals": (False, _numbers(_equal)),
    "NumericNotEquals": (True, _numbers(_equal)),
    "NumericLessThan": (False, _numbers(lambda value, wanted: value < wanted)),
    "NumericLessThanEquals": (False, _numbers(lambda value, wanted: value <= wanted)),
    "NumericGreaterThan": (False, _numbers(lambda value, wanted: value > wanted)),
    "NumericGreaterThanEquals": (False, _numbers(lambda value, wanted: value >= wanted)),
    "DateEquals": (False, _dates(_equal)),
    "DateNotEquals": (True, _dates(_equal)),
    "DateLessThan": (False, _dates(lambda value, wanted: value < wanted)),
    "DateLessThanEquals": (False, _dates(lambda value, wanted: value <= wanted)),
    "DateGreaterThan": (False, _dates(lambda value, wanted: value > wanted)),
    "DateGreaterThanEquals": (False, _dates(lambda value, wanted: value >= wanted)),
    "Bool": (False, _equal_ignoring_case),
    "BinaryEquals": (False, _equal),
    "IpAddress": (False, _in_network),
    "NotIpAddress": (True, _in_network),
    "ArnEquals": (False, _arn_like),
    "ArnLike": (False, _arn_like),
    "ArnNotEquals": (True, _arn_like),
    "ArnNotLike": (True, _arn_like),
}
"""Every operator but Null: whether it is negated, and what it compares by. Beside `ArnLike`, ArnEquals is the same."""

OPERATORS = frozenset({*_OPERATORS, "Null"})
"""The operators that are evaluated, without qualifiers and `IfExists`."""
