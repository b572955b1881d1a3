"""Shapley values: how much each feature moves a model's answer away from that of a reference.

A coalition of features takes the row's values, and the others those of the reference. With few features all coalitions
are asked, and the values are exact (L. S. Shapley, A Value for n-Person Games, 1953; S. Lundberg and S. Lee, A Unified
Approach to Interpreting Model Predictions, 2017, equation 8, which kernel SHAP estimates). With more, features join in
random orders (E. Strumbelj and I. Kononenko, Explaining Prediction Models, 2014), each order forwards and backwards.
"""

from __future__ import annotations

import random
from itertools import pairwise
from math import factorial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_EXACT = 10
"""Up to how many features all coalitions are asked: 1024 of them."""

ORDERS = 64
"""In how many orders features join beyond that; half of them are the others backwards."""


def shapley_values(
    score: Callable[[list[list[Any]]], list[float]],
    rows: Sequence[Sequence[Any]],
    reference: Sequence[Any],
    seed: int = 0,
) -> list[list[float]]:
    """Return the Shapley value of each feature of each row.

    Args:
        score: Answers rows with numbers; it is asked once, about all coalitions of all rows.
        rows: The rows.
        reference: What they are compared with.
        seed: Where random orders start.
    """
    count = len(reference)
    asked = _all(count) if count <= MOST_EXACT else _in_orders(count, seed)
    coalitions = sorted({coalition for chain in asked for coalition in chain})
    mixed = [
        [row[n] if coalition >> n & 1 else reference[n] for n in range(count)]
        for row in rows
        for coalition in coalitions
    ]
    answers = iter(score(mixed))
    found = []
    for _ in rows:
        worth = {coalition: next(answers) for coalition in coalitions}
        found.append(_exact(worth, count) if count <= MOST_EXACT else _averaged(asked, worth, count))
    return found


def _all(count: int) -> list[list[int]]:
    return [list(range(1 << count))]


def _exact(worth: dict[int, float], count: int) -> list[float]:
    weights = [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]
    return [
        sum(
            weights[coalition.bit_count()] * (worth[coalition | 1 << feature] - worth[coalition])
            for coalition in range(1 << count)
            if not coalition >> feature & 1
        )
        for feature in range(count)
    ]


def _in_orders(count: int, seed: int) -> list[list[int]]:
    chance = random.Random(seed)  # noqa: S311 - a sample, the same each time
    chains = []
    for _ in range(ORDERS // 2):
        order = chance.sample(range(count), count)
        chains += [_chain(order), _chain(order[::-1])]
    return chains


def _chain(order: Sequence[int]) -> list[int]:
    chain = [0]
    for feature in order:
        chain.append(chain[-1] | 1 << feature)
    return chain


def _averaged(chains: Sequence[Sequence[int]], worth: dict[int, float], count: int) -> list[float]:
    totals = [0.0] * count
    for chain in chains:
        for before, after in pairwise(chain):
            totals[(before ^ after).bit_length() - 1] += worth[after] - worth[before]
    return [total / len(chains) for total in totals]
