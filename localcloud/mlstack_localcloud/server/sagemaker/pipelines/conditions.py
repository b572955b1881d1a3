"""Conditions of a Condition step."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.pipelines.expressions import ExpressionError, resolved

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.server.sagemaker.pipelines.expressions import Scope
    from mlstack_localcloud.server.sagemaker.ports import Document

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def holds(condition: Document, scope: Scope) -> bool:
    """Return whether a condition holds.

    Args:
        condition: Such as `{"Type": "LessThan", "LeftValue": ..., "RightValue": ...}`; In, Not and Or as well.
        scope: What its expressions are resolved against.

    Raises:
        ExpressionError: An expression has no value, or the values cannot be compared.
    """
    kind = condition.get("Type")
    if kind == "Not":
        return not holds(condition["Expression"], scope)
    if kind == "Or":
        return any(holds(item, scope) for item in condition["Conditions"])
    if kind == "In":
        return resolved(condition["QueryValue"], scope) in resolved(condition["Values"], scope)
    compare = _COMPARISONS.get(str(kind))
    if compare is None:
        raise ExpressionError(f"The condition type {kind} is not known.")
    left, right = resolved(condition["LeftValue"], scope), resolved(condition["RightValue"], scope)
    try:
        return compare(left, right)
    except TypeError as error:
        raise ExpressionError(f"{left!r} and {right!r} cannot be compared with {kind}.") from error
