"""What the evaluate step found: the project's `evaluation.json`.

    {"metrics":          {"accuracy": {"value": 0.81}, "precision": {"value": 0.74}, ...},     macro averages
     "classes":          {"rain": {"precision": {"value": 0.9}, ..., "support": {"value": 120}}, ...},
     "cross_validation": {"accuracy": {"mean": 0.8, "standard_deviation": 0.02, "folds": 5}, ...}}

Only `metrics` is required. A bare number is read as `{"value": number}`, since that is what people write by hand.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME = "evaluation.json"


@dataclass(frozen=True)
class CrossValidation:
    """A metric over the folds of a cross-validation.

    Attributes:
        mean: Mean over the folds.
        standard_deviation: Standard deviation over the folds.
        folds: How many folds, or None where the file does not say.
    """

    mean: float
    standard_deviation: float
    folds: int | None = None


@dataclass(frozen=True)
class Evaluation:
    """The metrics of one trained model on held-out data.

    Attributes:
        metrics: Macro metrics by name; what gates are checked against.
        classes: Metrics by class and name.
        cross_validation: Metrics over the folds by name; empty where train.py does none.
    """

    metrics: Mapping[str, float]
    classes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    cross_validation: Mapping[str, CrossValidation] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "metrics": dict(self.metrics),
            "classes": {name: dict(values) for name, values in self.classes.items()},
            "cross_validation": {
                name: {"mean": fold.mean, "standard_deviation": fold.standard_deviation, "folds": fold.folds}
                for name, fold in self.cross_validation.items()
            },
        }


def parse_evaluation(content: str | bytes, *, source: str = FILE_NAME) -> Evaluation:
    """Read `evaluation.json`.

    Args:
        content: The file's content.
        source: Where it came from, for the error.

    Returns:
        The evaluation.

    Raises:
        MlstackError: The content has another shape.
    """
    try:
        document = _mapping(json.loads(content), "the file")
        return Evaluation(
            metrics=_numbers(document.get("metrics", {}), "metrics"),
            classes={
                name: _numbers(values, f"classes.{name}")
                for name, values in _mapping(document.get("classes", {}), "classes").items()
            },
            cross_validation={
                name: _cross_validation(values, f"cross_validation.{name}")
                for name, values in _mapping(document.get("cross_validation", {}), "cross_validation").items()
            },
        )
    except ValueError as error:
        raise MlstackError(
            f"The evaluation of this run cannot be read: {error} in {source}.",
            next_step='Let src/evaluate.py write {"metrics": {"accuracy": {"value": 0.81}, ...}}.',
        ) from error


def _mapping(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{place} is no object")  # noqa: TRY004 - one error type for all that is wrong in the file
    return value


def _numbers(value: object, place: str) -> dict[str, float]:
    return {name: _number(entry, f"{place}.{name}") for name, entry in _mapping(value, place).items()}


def _number(value: object, place: str) -> float:
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{place} is no number")  # noqa: TRY004 - as above
    return float(value)


def _cross_validation(value: object, place: str) -> CrossValidation:
    entry = _mapping(value, place)
    folds = entry.get("folds")
    return CrossValidation(
        mean=_number(entry.get("mean"), f"{place}.mean"),
        standard_deviation=_number(entry.get("standard_deviation", math.nan), f"{place}.standard_deviation"),
        folds=folds if isinstance(folds, int) else None,
    )
