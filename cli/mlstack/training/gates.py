"""The gate of a run, read from the pipeline definition that the run executed.

The definition, not mlstack.yaml, says which conditions were checked: the file may have been edited since the
environment was provisioned. The verdict itself is the cloud's (the outcome of the condition step); the comparisons here
only explain it.
"""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# SageMaker's condition types that compare a number:
# https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-condition
_COMPARISONS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "GreaterThan": (">", operator.gt),
    "GreaterThanOrEqualTo": (">=", operator.ge),
    "LessThan": ("<", operator.lt),
    "LessThanOrEqualTo": ("<=", operator.le),
    "Equals": ("==", operator.eq),
}
_METRIC_PATH = re.compile(r"^metrics\.(?P<metric>.+)\.value$")


@dataclass(frozen=True)
class Gate:
    """One condition that a model must meet to be registered.

    Attributes:
        metric: The metric's name.
        comparator: `>=`, `>`, `<=`, `<` or `==`.
        threshold: The number it is compared with, or None where the definition takes it from somewhere unknown.
        value: What the run measured, or None where it measured no such metric.
    """

    metric: str
    comparator: str
    threshold: float | None
    value: float | None

    @property
    def passed(self) -> bool | None:
        """Whether the condition holds; None where it cannot be told."""
        if self.threshold is None or self.value is None or math.isnan(self.value):
            return None
        compare = next(function for sign, function in _COMPARISONS.values() if sign == self.comparator)
        return compare(self.value, self.threshold)

    @property
    def condition(self) -> str:
        """The condition as mlstack.yaml writes it, such as `accuracy >= 0.8`."""
        return f"{self.metric} {self.comparator} {'?' if self.threshold is None else format(self.threshold, 'g')}"


def gates(
    definition: Mapping[str, Any], parameters: Mapping[str, str], metrics: Mapping[str, float]
) -> tuple[Gate, ...]:
    """List the gates of a run.

    Args:
        definition: The pipeline definition that the run executed.
        parameters: The run's parameters, for thresholds that are parameters.
        metrics: The metrics it measured.

    Returns:
        One gate a condition, in the definition's order.
    """
    conditions = [
        condition
        for step in definition.get("Steps", [])
        if step.get("Type") == "Condition"
        for condition in step["Arguments"].get("Conditions", [])
    ]
    return tuple(_gate(condition, parameters, metrics) for condition in conditions if condition["Type"] in _COMPARISONS)


def _gate(condition: Mapping[str, Any], parameters: Mapping[str, str], metrics: Mapping[str, float]) -> Gate:
    left = condition.get("LeftValue")
    path = str(left.get("Std:JsonGet", {}).get("Path", "")) if isinstance(left, dict) else ""
    match = _METRIC_PATH.match(path)
    metric = match["metric"] if match else path or str(left)
    return Gate(
        metric=metric,
        comparator=_COMPARISONS[condition["Type"]][0],
        threshold=_threshold(condition.get("RightValue"), parameters),
        value=metrics.get(metric),
    )


def _threshold(value: object, parameters: Mapping[str, str]) -> float | None:
    if isinstance(value, dict):
        value = parameters.get(str(value.get("Get", "")).removeprefix("Parameters."))
    try:
        return None if value is None else float(str(value))
    except ValueError:
        return None
