"""What breaks a baseline's constraints, as constraint_violations.json has it.

Source of checks and form: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer import distance, sketch
from mlstack_localcloud.server.sagemaker.analyzer.columns import FRACTIONAL, INTEGRAL, Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ENABLED = "Enabled"
_ACCEPTED = {INTEGRAL: (INTEGRAL,), FRACTIONAL: (INTEGRAL, FRACTIONAL)}

Violation = dict[str, str]


class Comparison:
    """A dataset beside its baseline.

    Args:
        constraints: The baseline's constraints.json.
        statistics: The baseline's statistics.json, or None.
        columns: The dataset.
    """

    def __init__(
        self, constraints: Mapping[str, Any], statistics: Mapping[str, Any] | None, columns: Sequence[Column]
    ) -> None:
        self._config: dict[str, Any] = constraints.get("monitoring_config", {})
        self._constraints = constraints.get("features", [])
        self._statistics = {each["name"]: each for each in (statistics or {}).get("features", [])}
        self._columns = {column.name: column for column in columns}

    def violations(self) -> list[Violation]:
        """Return everything that is not as the constraints want it."""
        if self._config.get("evaluate_constraints", _ENABLED) != _ENABLED:
            return []
        return [*self._columns_there(), *(found for each in self._constraints for found in self._feature(each))]

    def drifts(self) -> dict[str, float]:
        """Return the distance of each feature that can be compared."""
        found = {name: self._drift(column) for name, column in self._columns.items()}
        return {name: drift for name, drift in found.items() if drift is not None}

    def _columns_there(self) -> Iterator[Violation]:
        expected = {each["name"] for each in self._constraints}
        numbers = (
            f"Number of columns in current dataset: {len(self._columns)}, "
            f"Number of columns in baseline constraints: {len(expected)}"
        )
        for name in sorted(expected - self._columns.keys()):
            yield _violation(name, "missing_column_check", f"There are missing columns in current dataset. {numbers}")
        for name in sorted(self._columns.keys() - expected):
            yield _violation(name, "extra_column_check", f"There are extra columns in current dataset. {numbers}")

    def _feature(self, constraint: Mapping[str, Any]) -> Iterator[Violation]:
        column = self._columns.get(constraint["name"])
        if column is None:
            return
        config = {**self._config, **_overrides(constraint)}
        yield from _data_type(column, constraint, float(config.get("datatype_check_threshold", 1.0)))
        yield from _completeness(column, constraint)
        yield from _range(column, constraint)
        yield from _domain(column, constraint, float(config.get("domain_content_threshold", 1.0)))
        yield from self._drifted(column, config.get("distribution_constraints", {}))

    def _drifted(self, column: Column, config: Mapping[str, Any]) -> Iterator[Violation]:
        if config.get("perform_comparison", _ENABLED) != _ENABLED:
            return
        drift = self._drift(column)
        is_number = "numerical_statistics" in self._statistics.get(column.name, {})
        threshold = float(config.get("comparison_threshold" if is_number else "categorical_comparison_threshold", 0.1))
        if drift is not None and drift > threshold:
            description = f"Baseline drift distance: {drift:g} exceeds threshold: {threshold:g}"
            yield _violation(column.name, "baseline_drift_check", description)

    def _drift(self, column: Column) -> float | None:
        before = self._statistics.get(column.name, {})
        method = self._config.get("distribution_constraints", {}).get("comparison_method", distance.ROBUST)
        if "numerical_statistics" in before:
            known = sketch.read(before["numerical_statistics"])
            if known is None or not column.numbers:
                return None
            return distance.numerical(known, sketch.Distribution(sketch.levels(column.numbers)), method)
        buckets = before.get("string_statistics", {}).get("distribution", {}).get("categorical", {}).get("buckets")
        if not buckets or not column.categories:
            return None
        counts = {str(each["value"]): int(each["count"]) for each in buckets}
        return distance.categorical(counts, column.categories, method)


def _overrides(constraint: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = constraint.get("monitoring_config_overrides") or {}
    return found


def _data_type(column: Column, constraint: Mapping[str, Any], threshold: float) -> Iterator[Violation]:
    expected = constraint.get("inferred_type", "")
    accepted = _ACCEPTED.get(expected)
    if accepted is None or not column.present:
        return
    share = sum(column.types[kind] for kind in accepted) / len(column.present)
    if share < threshold:
        yield _violation(
            column.name,
            "data_type_check",
            f"Data type match requirement is not met. Expected data type: {expected}, Expected match: {threshold:.1%}. "
            f"Observed: Only {share:.1%} of data is {expected}.",
        )


def _completeness(column: Column, constraint: Mapping[str, Any]) -> Iterator[Violation]:
    expected = float(constraint.get("completeness", 0.0))
    if column.completeness < expected:
        description = f"Completeness: {column.completeness:.1%} is below the required: {expected:.1%}"
        yield _violation(column.name, "completeness_check", description)


def _range(column: Column, constraint: Mapping[str, Any]) -> Iterator[Violation]:
    if not constraint.get("num_constraints", {}).get("is_non_negative"):
        return
    negative = sum(number < 0 for number in column.numbers)
    if negative:
        # The documented types of checks have none for ranges.
        description = f"Values must not be negative. Observed: {negative} of {len(column.numbers)} are."
        yield _violation(column.name, "data_type_check", description)


def _domain(column: Column, constraint: Mapping[str, Any], threshold: float) -> Iterator[Violation]:
    domain = constraint.get("string_constraints", {}).get("domains")
    if not domain or not column.present:
        return
    known = sum(count for value, count in column.categories.items() if value in domain)
    share = known / len(column.present)
    if share < threshold:
        others = ", ".join(sorted(column.categories.keys() - set(domain))[:3])
        yield _violation(
            column.name,
            "categorical_values_check",
            f"Values are not in the known domain: {others}. Expected match: {threshold:.1%}. "
            f"Observed: Only {share:.1%} of data is in it.",
        )


def _violation(feature: str, check: str, description: str) -> Violation:
    return {"feature_name": feature, "constraint_check_type": check, "description": description}
