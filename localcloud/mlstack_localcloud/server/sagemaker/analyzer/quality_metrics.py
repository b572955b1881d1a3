"""The metrics of a model's predictions beside their labels, as statistics.json has them.

Names: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html. Multiclass metrics are
averages weighted by how often a class is there. AWS adds a standard deviation to each, curves and best constant
classifiers; those are left out here.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

BINARY, MULTICLASS, REGRESSION = "BinaryClassification", "MulticlassClassification", "Regression"
SECTIONS = {
    BINARY: "binary_classification",
    MULTICLASS: "multiclass_classification",
    REGRESSION: "regression",
}
"""What statistics.json and constraints.json call a type of problem: `regression_metrics`, `regression_constraints`."""

_POSITIVE = "1"

Confusion = dict[str, dict[str, int]]


def regression(predicted: Sequence[float], actual: Sequence[float]) -> dict[str, float]:
    """Return the metrics of numbers.

    Args:
        predicted: The predictions, at least one.
        actual: Their labels.
    """
    errors = [guess - truth for guess, truth in zip(predicted, actual, strict=True)]
    squared = math.fsum(error * error for error in errors)
    mean = math.fsum(actual) / len(actual)
    spread = math.fsum((truth - mean) ** 2 for truth in actual)
    mse = squared / len(errors)
    return {
        "mae": math.fsum(map(abs, errors)) / len(errors),
        "mse": mse,
        "rmse": math.sqrt(mse),
        # The convention of scikit-learn where all labels are alike.
        "r2": 1 - squared / spread if spread else float(not squared),
    }


def multiclass(confusion: Confusion) -> dict[str, float]:
    """Return the metrics of classes.

    Args:
        confusion: How often a class (first) was predicted as another (second).
    """
    rows = {label: sum(guesses.values()) for label, guesses in confusion.items()}
    total = sum(rows.values())
    scores = {label: _scores(confusion, label) for label in confusion}

    def weighted(score: Callable[[float, float], float]) -> float:
        return math.fsum(rows[label] * score(*scores[label]) for label in rows) / total

    return {
        "accuracy": sum(confusion[label].get(label, 0) for label in confusion) / total,
        "weighted_recall": weighted(lambda _, recall: recall),
        "weighted_precision": weighted(lambda precision, _: precision),
        "weighted_f0_5": weighted(lambda precision, recall: _f(precision, recall, 0.5)),
        "weighted_f1": weighted(lambda precision, recall: _f(precision, recall, 1)),
        "weighted_f2": weighted(lambda precision, recall: _f(precision, recall, 2)),
    }


def binary(confusion: Confusion, probabilities: Sequence[float], actual: Sequence[str]) -> dict[str, float]:
    """Return the metrics of yes and no, `1` being yes.

    Args:
        confusion: How often a class (first) was predicted as another (second).
        probabilities: How sure the model was of `1`; empty where that is not known.
        actual: The labels.
    """
    precision, recall = _scores(confusion, _POSITIVE)
    total = sum(sum(guesses.values()) for guesses in confusion.values())
    others = [label for label in confusion if label != _POSITIVE]
    negatives = sum(sum(confusion[label].values()) for label in others)
    wrong = sum(confusion[label].get(_POSITIVE, 0) for label in others)
    false_positives = wrong / negatives if negatives else 0.0
    found = {
        "accuracy": sum(confusion[label].get(label, 0) for label in confusion) / total,
        "recall": recall,
        "precision": precision,
        "f0_5": _f(precision, recall, 0.5),
        "f1": _f(precision, recall, 1),
        "f2": _f(precision, recall, 2),
        "true_positive_rate": recall,
        "true_negative_rate": 1 - false_positives,
        "false_positive_rate": false_positives,
        "false_negative_rate": 1 - recall,
    }
    return {**found, "auc": auc(probabilities, actual)} if probabilities else found


def auc(probabilities: Sequence[float], actual: Sequence[str]) -> float:
    """Return the area under the receiver operating characteristic: how often a yes is surer than a no.

    Args:
        probabilities: How sure the model was of `1`.
        actual: The labels; 0.5 where they are all alike.
    """
    positive = Counter(p for p, label in zip(probabilities, actual, strict=True) if label == _POSITIVE)
    negative = Counter(p for p, label in zip(probabilities, actual, strict=True) if label != _POSITIVE)
    if not positive or not negative:
        return 0.5
    below, won = 0, 0.0
    for value in sorted(positive.keys() | negative.keys()):
        won += positive[value] * (below + negative[value] / 2)
        below += negative[value]
    return won / (positive.total() * negative.total())


def confusion_of(predicted: Sequence[str], actual: Sequence[str]) -> Confusion:
    """Return how often each class (first) was predicted as another (second)."""
    labels = sorted({*predicted, *actual})
    counts = Counter(zip(actual, predicted, strict=True))
    return {truth: {guess: counts[truth, guess] for guess in labels} for truth in labels}


def as_statistics(metrics: Mapping[str, float], confusion: Confusion | None) -> dict[str, Any]:
    """Return metrics in the form of statistics.json."""
    values: dict[str, Any] = {name: {"value": value} for name, value in metrics.items()}
    return values if confusion is None else {"confusion_matrix": confusion, **values}


def _scores(confusion: Confusion, label: str) -> tuple[float, float]:
    """Precision and recall of a class; 0 where it is never predicted, or never there."""
    hits = confusion.get(label, {}).get(label, 0)
    guessed = sum(guesses.get(label, 0) for guesses in confusion.values())
    there = sum(confusion.get(label, {}).values())
    return (hits / guessed if guessed else 0.0, hits / there if there else 0.0)


def _f(precision: float, recall: float, beta: float) -> float:
    weight = beta * beta
    below = weight * precision + recall
    return (1 + weight) * precision * recall / below if below else 0.0
