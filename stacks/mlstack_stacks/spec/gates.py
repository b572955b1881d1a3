"""Gates: what a metric must reach before a model is registered."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from mlstack_stacks.spec.values import wrong

_GATE = re.compile(r"(>=|<=|>|<)\s*([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)")

Comparator = Literal[">=", ">", "<=", "<"]


@dataclass(frozen=True)
class Gate:
    """What a metric must reach before a model is registered.

    Attributes:
        comparator: How the metric compares with the threshold.
        threshold: The number, in the metric's own unit.
    """

    comparator: Comparator
    threshold: float

    def __str__(self) -> str:
        return f"{self.comparator} {self.threshold:g}"


def parse_gate(value: Any) -> Gate:
    """Reads a gate such as `>= 0.80`."""
    if isinstance(value, Gate):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise wrong("a gate says how to compare.", f'Write ">= {value}".')
    match = _GATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong("a gate is a comparison in quotes with >=, >, <= or < and a number.", 'Such as ">= 0.80".')
    comparator: Any = match.group(1)
    threshold = float(match.group(2))
    if not math.isfinite(threshold):
        raise wrong("a gate compares with a finite number.")
    return Gate(comparator, threshold)


GateExpression = Annotated[
    Gate,
    PlainValidator(parse_gate),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\s*(>=|<=|>|<)\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*$", "examples": [">= 0.80"]}
    ),
]
