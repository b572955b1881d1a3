"""The model card of a version, as people wrote it and the pipeline completed it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOLD = (
    ("purpose", "intended_uses", "purpose_of_model"),
    ("intended use", "intended_uses", "intended_uses"),
    ("limitations", "intended_uses", "factors_affecting_model_efficiency"),
    ("risk", "intended_uses", "risk_rating"),
    ("risk explanation", "intended_uses", "explanations_for_risk_rating"),
    ("ethical considerations", "additional_information", "ethical_considerations"),
    ("recommendations", "additional_information", "caveats_and_recommendations"),
)


@dataclass(frozen=True)
class ModelCard:
    """A model card.

    Attributes:
        status: `Draft`, `PendingReview`, `Approved` or `Archived`.
        content: What it says, in SageMaker's schema.
    """

    status: str
    content: Mapping[str, Any]

    def rows(self) -> dict[str, str]:
        """What to show of it, by title: who answers for the model, and what people said of it."""
        found = {"card": self.status}
        overview = self.content.get("model_overview", {})
        if overview.get("model_creator"):
            found["creator"] = str(overview["model_creator"])
        for title, part, name in _TOLD:
            if text := self.content.get(part, {}).get(name):
                found[title] = str(text)
        job = self.content.get("training_details", {}).get("training_job_details", {})
        if parameters := job.get("user_provided_hyper_parameters") or job.get("hyper_parameters"):
            found["hyperparameters"] = ", ".join(f"{each['name']}={each.get('value')}" for each in parameters)
        if job.get("training_arn"):
            found["training job"] = str(job["training_arn"])
        return found

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {"status": self.status, "content": dict(self.content)}


def card_of(description: Mapping[str, Any]) -> ModelCard | None:
    """The card in DescribeModelPackage's answer; None where there is none, or none that can be read.

    Args:
        description: The answer.
    """
    card = description.get("ModelCard")
    if not card or not card.get("ModelCardContent"):
        return None
    try:
        content = json.loads(card["ModelCardContent"])
    except ValueError:
        return None
    return ModelCard(card.get("ModelCardStatus", "Draft"), content) if isinstance(content, dict) else None
