"""What a baseline suggests: the constraints that later data has to meet, as constraints.json has them.

Source of the form: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.columns import FRACTIONAL, INTEGRAL, STRING, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

MONITORING_CONFIG: dict[str, Any] = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}
"""How strictly is compared; the values that AWS's container suggests."""

_MOST_DOMAIN_VALUES = 100
_ROWS_A_DOMAIN_VALUE = 10


def suggest(columns: Sequence[Column]) -> dict[str, Any]:
    """Return the constraints that a dataset suggests.

    Args:
        columns: The dataset.
    """
    return {
        "version": 0.0,
        "features": [_feature(column) for column in columns],
        "monitoring_config": MONITORING_CONFIG,
    }


def _feature(column: Column) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": column.name,
        "inferred_type": column.inferred_type,
        "completeness": column.completeness,
    }
    if column.inferred_type in {INTEGRAL, FRACTIONAL}:
        entry["num_constraints"] = {"is_non_negative": min(column.numbers) >= 0}
    elif column.inferred_type == STRING and _is_a_domain(column):
        entry["string_constraints"] = {"domains": sorted(column.categories)}
    return entry


def _is_a_domain(column: Column) -> bool:
    """Whether the values are few and come again and again, so that another one is worth a word."""
    different = len(column.categories)
    return different <= _MOST_DOMAIN_VALUES and different * _ROWS_A_DOMAIN_VALUE <= len(column.present)
