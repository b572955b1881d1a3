"""Metrics of bias: what is different between a facet's rows (`d`) and the others (`a`).

Definitions: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html and
clarify-measure-post-training-bias.html there; where they leave open what a division by nothing is, as the library that
Clarify measures with has it (github.com/aws/amazon-sagemaker-clarify). CDDL and CDDPL need a group variable, and FT a
nearest-neighbour model: those three are left out here.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTIONS = {
    "CI": "Class Imbalance (CI)",
    "DPL": "Difference in Positive Proportions in Labels (DPL)",
    "JS": "Jensen-Shannon Divergence (JS)",
    "KL": "Kullback-Liebler Divergence (KL)",
    "KS": "Kolmogorov-Smirnov Distance (KS)",
    "LP": "L-p Norm (LP)",
    "TVD": "Total Variation Distance (TVD)",
    "AD": "Accuracy Difference (AD)",
    "DAR": "Difference in Acceptance Rates (DAR)",
    "DCA": "Difference in Conditional Acceptance (DCA)",
    "DCR": "Difference in Conditional Rejection (DCR)",
    "DI": "Disparate Impact (DI)",
    "DPPL": "Difference in Positive Proportions in Predicted Labels (DPPL)",
    "DRR": "Difference in Rejection Rates (DRR)",
    "GE": "Generalized Entropy (GE)",
    "RD": "Recall Difference (RD)",
    "SD": "Specificity Difference (SD)",
    "TE": "Treatment Equality (TE)",
}
"""What analysis.json says of each."""


@dataclass(frozen=True)
class Counts:
    """One side's rows by what was right and what was predicted.

    Attributes:
        tp: Favourable, and predicted so.
        fp: Not favourable, and predicted to be.
        fn: Favourable, and not predicted to be.
        tn: Neither.
    """

    tp: int
    fp: int
    fn: int
    tn: int

    @classmethod
    def of(cls, actual: Sequence[bool], predicted: Sequence[bool], members: Sequence[bool]) -> Counts:
        """Count the rows of a side."""
        counted = Counter(
            (truth, guess) for truth, guess, member in zip(actual, predicted, members, strict=True) if member
        )
        return cls(counted[True, True], counted[False, True], counted[True, False], counted[False, False])

    @property
    def total(self) -> int:
        """All rows."""
        return self.tp + self.fp + self.fn + self.tn


def pre_training(labels: Sequence[str], favourable: Sequence[bool], facet: Sequence[bool]) -> dict[str, float]:
    """Return what the labels alone tell.

    Args:
        labels: The labels.
        favourable: Whether a label is favourable.
        facet: Whether a row belongs to the facet.

    Raises:
        DatasetError: All rows are on one side.
    """
    of_facet, others = _sides(facet)
    share_d, share_a = _share(favourable, facet, of_facet), _share(favourable, [not each for each in facet], others)
    pairs = _aligned(labels, facet)
    middle = [(a + d) / 2 for a, d in pairs]
    return {
        "CI": (others - of_facet) / (others + of_facet),
        "DPL": share_a - share_d,
        "JS": sum((a * math.log(a / m) + d * math.log(d / m)) / 2 for (a, d), m in zip(pairs, middle, strict=True)),
        "KL": sum(a * math.log(a / d) for a, d in pairs),
        "KS": max((abs(a - d) for a, d in pairs), default=0.0),
        "LP": math.sqrt(sum((a - d) ** 2 for a, d in pairs)),
        "TVD": sum(abs(a - d) for a, d in pairs) / 2,
    }


def post_training(actual: Sequence[bool], predicted: Sequence[bool], facet: Sequence[bool]) -> dict[str, float]:
    """Return what the predictions tell, beside the labels.

    Args:
        actual: Whether a label is favourable.
        predicted: Whether a prediction is.
        facet: Whether a row belongs to the facet.

    Raises:
        DatasetError: All rows are on one side.
    """
    _sides(facet)
    d = Counts.of(actual, predicted, facet)
    a = Counts.of(actual, predicted, [not each for each in facet])
    share_d, share_a = (d.tp + d.fp) / d.total, (a.tp + a.fp) / a.total
    return {
        "AD": (a.tp + a.tn) / a.total - (d.tp + d.tn) / d.total,
        "DAR": _difference((a.tp, a.tp + a.fp), (d.tp, d.tp + d.fp)),
        "DCA": _difference((a.tp + a.fn, a.tp + a.fp), (d.tp + d.fn, d.tp + d.fp)),
        "DCR": _difference((d.tn + d.fp, d.tn + d.fn), (a.tn + a.fp, a.tn + a.fn)),
        "DI": divide(share_d, share_a),
        "DPPL": share_a - share_d,
        "DRR": _difference((d.tn, d.tn + d.fn), (a.tn, a.tn + a.fn)),
        **_entropy(actual, predicted),
        "RD": _difference((a.tp, a.tp + a.fn), (d.tp, d.tp + d.fn)),
        "SD": _difference((d.tn, d.tn + d.fp), (a.tn, a.tn + a.fp)),
        "TE": _difference((d.fn, d.fp), (a.fn, a.fp)),
    }


def divide(above: float, below: float) -> float:
    """Return a quotient: nothing of nothing is nothing, anything else of nothing is infinite."""
    if below:
        return above / below
    return math.copysign(math.inf, above) if above else 0.0


def _difference(first: tuple[float, float], second: tuple[float, float]) -> float:
    one, other = divide(*first), divide(*second)
    return 0.0 if one == other else one - other


def _entropy(actual: Sequence[bool], predicted: Sequence[bool]) -> dict[str, float]:
    """Generalized entropy of the benefits, with the exponent 2."""
    benefits = [int(guess) - int(truth) + 1 for truth, guess in zip(actual, predicted, strict=True)]
    mean = sum(benefits) / len(benefits)
    if not mean:  # All predictions are false negatives.
        return {}
    return {"GE": sum((each / mean) ** 2 - 1 for each in benefits) / (2 * len(benefits))}


def _sides(facet: Sequence[bool]) -> tuple[int, int]:
    of_facet = sum(facet)
    if of_facet in {0, len(facet)}:
        raise DatasetError(f"{of_facet} of {len(facet)} rows belong to the facet: there is nothing to compare.")
    return of_facet, len(facet) - of_facet


def _share(favourable: Sequence[bool], members: Sequence[bool], total: int) -> float:
    return sum(good and member for good, member in zip(favourable, members, strict=True)) / total


def _aligned(labels: Sequence[str], facet: Sequence[bool]) -> list[tuple[float, float]]:
    """The shares of each label that both sides have, of the others and of the facet."""
    d = Counter(label for label, member in zip(labels, facet, strict=True) if member)
    a = Counter(label for label, member in zip(labels, facet, strict=True) if not member)
    return [(a[label] / a.total(), d[label] / d.total()) for label in sorted(a.keys() & d.keys())]
