"""What a job says of a model: its metrics, what a baseline demands of them, and where they fall short.

| variable | |
| --- | --- |
| `problem_type` | `BinaryClassification`, `MulticlassClassification` or `Regression` |
| `inference_attribute`, `probability_attribute` | the column with the prediction, and with how sure it is of `1` |
| `probability_threshold_attribute` | from when on that means `1`, where there is no prediction |
| `ground_truth_attribute` | the column with the label, of a baseline |

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-baseline.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-violations.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer import labels, quality_metrics
from mlstack_localcloud.server.sagemaker.analyzer.columns import typed_value
from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_localcloud.server.sagemaker.analyzer.dataset import Row

_LESS, _GREATER = "LessThanThreshold", "GreaterThanThreshold"
_BAD_WHEN_HIGH = frozenset({"mae", "mse", "rmse", "false_positive_rate", "false_negative_rate"})
_MIDDLE = 0.5


@dataclass(frozen=True)
class ModelQuality:
    """Predictions beside their labels.

    Attributes:
        variables: The job's environment.
        rows: The predictions with their labels.
    """

    variables: Mapping[str, str]
    rows: Sequence[Row]

    @property
    def section(self) -> str:
        """What files call the type of problem.

        Raises:
            DatasetError: There is no such type.
        """
        problem = self.variables.get("problem_type", "")
        if problem not in quality_metrics.SECTIONS:
            raise DatasetError(
                f"The problem type {problem or 'None'} is none of {', '.join(quality_metrics.SECTIONS)}."
            )
        return quality_metrics.SECTIONS[problem]

    @cached_property
    def measured(self) -> tuple[dict[str, float], quality_metrics.Confusion | None]:
        """The metrics, and the confusion matrix of classes.

        Raises:
            DatasetError: A prediction or label is missing, or is no number where one is needed.
        """
        problem, actual = self.variables.get("problem_type"), self._column(self._label)
        if problem == quality_metrics.REGRESSION:
            return quality_metrics.regression(_numbers(self._predicted), _numbers(actual)), None
        classes = [_class(each) for each in actual]
        confusion = quality_metrics.confusion_of([_class(each) for each in self._predicted], classes)
        if problem == quality_metrics.MULTICLASS:
            return quality_metrics.multiclass(confusion), confusion
        return quality_metrics.binary(confusion, self._probabilities, classes), confusion

    def statistics(self) -> dict[str, Any]:
        """Return statistics.json."""
        metrics, confusion = self.measured
        found = quality_metrics.as_statistics(metrics, confusion)
        return {"version": 0.0, "dataset": {"item_count": len(self.rows)}, f"{self.section}_metrics": found}

    def constraints(self) -> dict[str, Any]:
        """Return the constraints.json that it suggests: no metric may be worse than here."""
        metrics, _ = self.measured
        limits = {
            name: {"threshold": value, "comparison_operator": _GREATER if name in _BAD_WHEN_HIGH else _LESS}
            for name, value in metrics.items()
        }
        return {"version": 0.0, f"{self.section}_constraints": limits}

    def violations(self, constraints: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return the metrics that are worse than a baseline demands.

        Args:
            constraints: The baseline's constraints.json.
        """
        metrics, _ = self.measured
        limits = constraints.get(f"{self.section}_constraints", {})
        return [
            {
                "constraint_check_type": limit["comparison_operator"],
                "description": f"Metric {name} with {metrics[name]:g} was {limit['comparison_operator']} "
                f"'{float(limit['threshold']):g}'",
                "metric_name": name,
            }
            for name, limit in limits.items()
            if name in metrics and _breaks(metrics[name], limit)
        ]

    @property
    def _label(self) -> str:
        return self.variables.get("ground_truth_attribute", labels.LABEL)

    @property
    def _predicted(self) -> list[Any]:
        name = self.variables.get("inference_attribute")
        if name:
            return self._column(name)
        threshold = float(self.variables.get("probability_threshold_attribute", _MIDDLE))
        return ["1" if each >= threshold else "0" for each in self._probabilities]

    @property
    def _probabilities(self) -> list[float]:
        name = self.variables.get("probability_attribute")
        return _numbers(self._column(name)) if name else []

    def _column(self, name: str) -> list[Any]:
        if not self.rows:
            raise DatasetError("Job inputs had no data: no call has a label")
        found = [row.get(name) for row in self.rows]
        missing = sum(value is None or value == "" for value in found)
        if missing:
            raise DatasetError(f"{missing} of {len(found)} rows have no {name}.")
        return found


def _breaks(value: float, limit: Mapping[str, Any]) -> bool:
    threshold = float(limit["threshold"])
    return value > threshold if limit["comparison_operator"] == _GREATER else value < threshold


def _class(value: Any) -> str:
    """A class as text; `1.0` and `1` are the same."""
    typed = typed_value(value)[1]
    return str(int(typed)) if isinstance(typed, float) and typed.is_integer() else str(typed)


def _numbers(values: Sequence[Any]) -> list[float]:
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError) as error:
        raise DatasetError(f"A prediction or label is no number: {error}") from error
