"""What hyperparameter tuning consists of, as frozen data without a cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Goal: TypeAlias = Literal["maximize", "minimize"]
"""Whether a higher or a lower value of the objective is better."""

Strategy: TypeAlias = Literal["bayesian", "random", "grid", "hyperband"]
"""How the values to try are chosen."""


@dataclass(frozen=True)
class IntegerRange:
    """Whole numbers from `minimum` to `maximum`, both included."""

    minimum: int
    maximum: int


@dataclass(frozen=True)
class ContinuousRange:
    """Numbers from `minimum` to `maximum`."""

    minimum: float
    maximum: float


@dataclass(frozen=True)
class Choices:
    """One of some values, 1 to 30 (CategoricalParameterRange), as the training job gets them."""

    values: tuple[str, ...]


Range: TypeAlias = IntegerRange | ContinuousRange | Choices
"""The values that are tried for a hyperparameter."""


@dataclass(frozen=True, kw_only=True)
class TuneStepArgs:
    """The search for the best hyperparameters, which trains a model for each try."""

    metric: str
    """The objective's name; a metric definition of the train step must have it."""
    goal: Goal
    """Whether a higher or a lower value is better."""
    ranges: dict[str, Range]
    """The values to try by the train step's hyperparameter, 1 to 30 of them (ParameterRanges)."""
    max_jobs: int | None
    """How many models are trained at most; None for each combination once, with the strategy `grid`."""
    max_parallel_jobs: int = 1
    """How many of them at once."""
    strategy: Strategy = "bayesian"
    """How the values to try are chosen."""
    early_stopping: bool = False
    """Whether a job that promises nothing is stopped before its end; not with `hyperband`, which does so itself."""
