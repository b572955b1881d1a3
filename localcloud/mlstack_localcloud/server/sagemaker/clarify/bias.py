"""What a job says of bias: analysis.json, what is worse than a baseline's, and what CloudWatch is told.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-analysis-results.html,
clarify-model-monitor-bias-drift-violations.html and clarify-model-monitor-bias-drift-cw.html there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError
from mlstack_localcloud.server.sagemaker.clarify import bias_metrics
from mlstack_localcloud.server.sagemaker.clarify.configuration import POST_TRAINING, PRE_TRAINING
from mlstack_localcloud.server.sagemaker.clarify.groups import Group, group_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mlstack_localcloud.server.sagemaker.analyzer.dataset import Row
    from mlstack_localcloud.server.sagemaker.clarify.configuration import Configuration

INFINITE = 2.348543e108
"""What CloudWatch is told in place of the infinite."""

_SECTIONS = {PRE_TRAINING: "pre_training_bias_metrics", POST_TRAINING: "post_training_bias_metrics"}
_STAGES = {PRE_TRAINING: "Pre-training", POST_TRAINING: "Post-Training"}
_BALANCED = {"DI": 1.0}
"""Where a metric is balanced that isn't at 0."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Bias:
    """Rows with their labels and predictions.

    Attributes:
        configuration: What is asked for.
        rows: The rows.
        labels: Their labels.
        predictions: Their predictions; None where there are none, which post-training metrics need.
    """

    configuration: Configuration
    rows: Sequence[Row]
    labels: Sequence[str]
    predictions: Sequence[str] | None

    def analysis(self) -> Document:
        """Return analysis.json.

        Raises:
            DatasetError: A column is missing, or there is nothing to compare.
        """
        label = self.configuration.label or "label"
        favourable = self._favourable(label, self.labels)
        found: Document = {"version": "1.0"}
        for method, section in _SECTIONS.items():
            if method in self.configuration.methods:
                facets = {name: [self._facet(method, group, favourable)] for name, group in self._facets()}
                found[section] = {"facets": facets, "label": label, "label_value_or_threshold": favourable.name}
        return found

    def _facets(self) -> Iterator[tuple[str, Group]]:
        facets = self.configuration.document.get("facet", [])
        if not facets:
            raise DatasetError("analysis_config.json names no facet.")
        for facet in facets:
            name = str(facet["name_or_index"])
            if any(name not in row for row in self.rows):
                raise DatasetError(f"The dataset has no column {name}.")
            yield name, group_of(name, [row[name] for row in self.rows], facet.get("value_or_threshold", []))

    def _favourable(self, label: str, values: Sequence[str]) -> Group:
        return group_of(label, values, self.configuration.document.get("label_values_or_threshold", []))

    def _facet(self, method: str, group: Group, favourable: Group) -> Document:
        if method == PRE_TRAINING:
            labels = [text_of(each) for each in self.labels]
            found = bias_metrics.pre_training(labels, favourable.members, group.members)
        elif self.predictions is None:
            raise DatasetError("The dataset has no predicted labels, which post-training metrics need.")
        else:
            predicted = self._favourable("the predicted labels", self.predictions)
            found = bias_metrics.post_training(favourable.members, predicted.members, group.members)
        metrics = [
            {"name": name, "description": bias_metrics.DESCRIPTIONS[name], "value": value}
            for name, value in sorted(found.items())
        ]
        return {"value_or_threshold": group.name, "metrics": metrics}


def violations(analysis: Mapping[str, Any], baseline: Mapping[str, Any]) -> list[Document]:
    """Return the metrics that are farther from balanced than a baseline's.

    Args:
        analysis: The job's analysis.json.
        baseline: The baseline's.
    """
    return [
        {
            "facet": facet,
            "facet_value": entry["value_or_threshold"],
            "metric_name": metric["name"],
            "constraint_check_type": "bias_drift_check",
            "description": f"Value {metric['value']} does not meet the constraint requirement",
        }
        for method, facet, number, entry in _entries(analysis)
        for metric in entry["metrics"]
        if (known := _known(baseline, method, facet, number).get(metric["name"])) is not None
        and _distance(metric["name"], metric["value"]) > _distance(metric["name"], known)
    ]


def metric_entries(analysis: Mapping[str, Any]) -> list[tuple[str, float, dict[str, str]]]:
    """Return what CloudWatch is told: name, value and dimensions of each metric.

    Args:
        analysis: The job's analysis.json.
    """
    found = []
    for method, facet, _, entry in _entries(analysis):
        section = analysis[_SECTIONS[method]]
        dimensions = {
            "BiasStage": _STAGES[method],
            "Label": section["label"],
            "LabelValue": section["label_value_or_threshold"],
            "Facet": facet,
            "FacetValue": entry["value_or_threshold"],
        }
        for metric in entry["metrics"]:
            value = metric["value"]
            told = math.copysign(INFINITE, value) if math.isinf(value) else value
            found.append((f"bias_metric_{metric['name']}", told, dimensions))
    return found


def _entries(analysis: Mapping[str, Any]) -> Iterator[tuple[str, str, int, Document]]:
    for method, section in _SECTIONS.items():
        for facet, entries in analysis.get(section, {}).get("facets", {}).items():
            for number, entry in enumerate(entries):
                yield method, facet, number, entry


def _known(baseline: Mapping[str, Any], method: str, facet: str, number: int) -> dict[str, float]:
    # By position, for the interval of a threshold ends where the data does.
    entries = baseline.get(_SECTIONS[method], {}).get("facets", {}).get(facet, [])
    found = entries[number]["metrics"] if number < len(entries) else []
    return {each["name"]: float(each["value"]) for each in found}


def _distance(name: str, value: float) -> float:
    return abs(value - _BALANCED.get(name, 0.0))
