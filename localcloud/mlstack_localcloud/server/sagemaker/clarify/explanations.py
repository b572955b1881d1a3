"""What a job says of a model's reasons: analysis.json, how far that is from a baseline's, and what CloudWatch is told.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html,
clarify-model-monitor-model-attribution-drift-violations.html and clarify-feature-attribute-drift-cw.html there.

Of many rows some are explained, as many as `MOST_ROWS`, spread evenly; AWS explains all.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.columns import FRACTIONAL, INTEGRAL, Column
from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError
from mlstack_localcloud.server.sagemaker.clarify.shapley import shapley_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mlstack_localcloud.server.sagemaker.analyzer.dataset import Row
    from mlstack_localcloud.server.sagemaker.clarify.configuration import Configuration

LEAST_LIKENESS = 0.9
"""The normalised discounted cumulative gain below which the reasons have drifted."""

MOST_ROWS = 100
_METHOD, _LABEL = "kernel_shap", "label0"

Document = dict[str, Any]


def explained(
    configuration: Configuration, rows: Sequence[Row], score: Callable[[list[list[Any]]], list[float]]
) -> Document:
    """Return analysis.json.

    Args:
        configuration: What is asked for.
        rows: The rows, features alone.
        score: Asks the model about rows of values.

    Raises:
        DatasetError: There is no row, or the reference has another number of values.
    """
    if not rows:
        raise DatasetError("Job inputs had no data")
    asked = configuration.methods["shap"]
    features = list(rows[0])
    reference = _reference(asked, features, rows)
    chosen = spread(rows, MOST_ROWS)
    seed = int(asked.get("seed") or 0)
    values = shapley_values(score, [[row[name] for name in features] for row in chosen], reference, seed)
    named = str((configuration.predictor.get("label_headers") or [_LABEL])[0])
    found = {
        "global_shap_values": {
            name: sum(abs(each[number]) for each in values) / len(values) for number, name in enumerate(features)
        },
        "expected_value": score([list(reference)])[0],
    }
    return {"version": "1.0", "explanations": {_METHOD: {named: found}}}


def violations(analysis: Mapping[str, Any], baseline: Mapping[str, Any]) -> list[Document]:
    """Return the labels whose reasons have drifted.

    Args:
        analysis: The job's analysis.json.
        baseline: The baseline's.
    """
    known = baseline.get("explanations", {}).get(_METHOD, {})
    found = []
    for label, entry in analysis["explanations"][_METHOD].items():
        if label not in known:
            continue
        likeness = gain(known[label]["global_shap_values"], entry["global_shap_values"])
        if likeness < LEAST_LIKENESS:
            found.append(
                {
                    "label": label,
                    "metric_name": "shap",
                    "constraint_check_type": "feature_attribution_drift_check",
                    "description": f"Feature attribution drift {likeness} exceeds threshold {LEAST_LIKENESS}",
                }
            )
    return found


def metric_entries(analysis: Mapping[str, Any]) -> list[tuple[str, float, dict[str, str]]]:
    """Return what CloudWatch is told: name, value and dimensions of each metric.

    Args:
        analysis: The job's analysis.json.
    """
    found = []
    for label, entry in analysis["explanations"][_METHOD].items():
        dimensions = {"ExplainabilityMethod": "KernelShap", "Label": label}
        for name, value in entry["global_shap_values"].items():
            found.append((f"feature_{name}", value, {**dimensions, "ValueType": "GlobalShapValues"}))
        found.append(("ExpectedValue", entry["expected_value"], {**dimensions, "ValueType": "ExpectedValue"}))
    return found


def gain(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """Return the normalised discounted cumulative gain of the features' order now, by what each was worth before.

    Args:
        before: The attribution of each feature in the baseline.
        now: The same now; features without one stand last.
    """
    ranked = sorted(before, key=lambda name: (-now.get(name, 0.0), name))
    best = _cumulated(sorted(before.values(), reverse=True))
    return _cumulated([before[name] for name in ranked]) / best if best else 1.0


def spread(rows: Sequence[Row], most: int) -> list[Row]:
    """Return at most so many of the rows, evenly spread."""
    if len(rows) <= most:
        return list(rows)
    return [rows[number * len(rows) // most] for number in range(most)]


def _cumulated(worths: Sequence[float]) -> float:
    return sum(worth / math.log2(place + 2) for place, worth in enumerate(worths))


def _reference(asked: Mapping[str, Any], features: Sequence[str], rows: Sequence[Row]) -> list[Any]:
    given = asked.get("baseline")
    if given is None:
        return [_middle(name, [row[name] for row in rows]) for name in features]
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], list):
        raise DatasetError("The local cloud's analyzer compares with one row that stands in shap.baseline itself.")
    if len(given[0]) != len(features):
        raise DatasetError(f"shap.baseline has {len(given[0])} values, and there are {len(features)} features.")
    return list(given[0])


def _middle(name: str, values: Sequence[Any]) -> Any:
    """The centre of one cluster: the mean of numbers, the most frequent of other values."""
    column = Column(name, tuple(values))
    if column.inferred_type in {INTEGRAL, FRACTIONAL}:
        return math.fsum(column.numbers) / len(column.numbers)
    counted = Counter(str(value) for value in values)
    return min(counted, key=lambda value: (-counted[value], value))
