"""The model card in the part `registry` of mlstack.yaml: what people say of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from mlstack_components.errors import Problem
from pydantic import Field

from mlstack_stacks.spec.base import SpecModel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec

Text = Annotated[str, Field(min_length=1, max_length=2048)]
"""A text of a card: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema."""


class Card(SpecModel):
    """What each version's model card says, beside what it was made from and how it was measured."""

    intended_use: Text
    """What the model is for."""
    purpose: Text | None = None
    """Why it was made."""
    limitations: Text | None = None
    """What makes it worse: other regions, seasons, groups of people."""
    risk_rating: Literal["low", "medium", "high", "unknown"] = "unknown"
    """How much harm a wrong answer may do."""
    risk_explanation: Text | None = None
    """Why it is rated so."""
    ethical_considerations: Text | None = None
    """Whom it may treat unfairly, and what is done about it."""
    recommendations: Text | None = None
    """What its users should heed."""


def is_cardable(text: str) -> bool:
    """Tell whether a run can put a text into a card as it is.

    Args:
        text: A value of a parameter of the pipeline.
    """
    return text.isprintable() and not set(text) & {'"', "\\"}


def texts_that_break_the_card(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problems of texts that would make a card that is no JSON.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    if spec.registry is None or spec.registry.card is None or spec.steps is None:
        return
    texts = {} if spec.data is None else {"data.source": spec.data.source}
    for name, value in spec.steps.train.hyperparameters.items():
        texts[f"steps.train.hyperparameters.{name}"] = str(value)
    for key, text in texts.items():
        if not is_cardable(text):
            place = spec.place(key)
            yield Problem(
                file,
                place.line if place else 0,
                place.key if place else key,
                "a quote, a backslash or a control character can't stand in a model card (`registry.card`).",
                "Write it without.",
            )
