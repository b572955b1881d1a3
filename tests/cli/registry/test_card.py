from __future__ import annotations

import io
import json

import pytest
from mlstack.registry.card import card_of
from mlstack.registry.show import version_details
from mlstack.registry.versions import PENDING, ModelVersion, from_description
from mlstack.training.parameters import parse_settings
from mlstack_components.errors import UserError
from rich.console import Console

ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/weather-local/3"
CONTENT = {
    "model_overview": {"model_creator": "ml-team"},
    "intended_uses": {"intended_uses": "Tells of rain.", "risk_rating": "Low"},
    "training_details": {
        "training_job_details": {
            "training_arn": "arn:job",
            "user_provided_hyper_parameters": [{"name": "max_depth", "value": "6"}, {"name": "loss", "value": "hinge"}],
        }
    },
}


def _described(content: str) -> dict[str, object]:
    card = {"ModelCardContent": content, "ModelCardStatus": "PendingReview"}
    return {"ModelPackageArn": ARN, "ModelPackageVersion": 3, "ModelCard": card}


def test_a_version_tells_its_card() -> None:
    version = from_description(_described(json.dumps(CONTENT)))
    console = Console(width=200, record=True, quiet=False, file=io.StringIO())
    console.print(version_details(version, None))
    shown = " ".join(console.export_text().split())
    for told in (
        "card PendingReview",
        "creator ml-team",
        "intended use Tells of rain.",
        "risk Low",
        "hyperparameters max_depth=6, loss=hinge",
        "training job arn:job",
    ):
        assert told in shown
    assert version.to_json()["card"] == {"status": "PendingReview", "content": CONTENT}


@pytest.mark.parametrize("content", ["", "no json", "[]"])
def test_what_is_no_card_is_none(content: str) -> None:
    assert card_of(_described(content)) is None
    assert ModelVersion(ARN, 3, PENDING).to_json()["card"] is None


def test_a_setting_that_would_break_the_card_is_refused_before_the_run() -> None:
    loss = {"Name": "loss", "Type": "String"}
    register = {"Name": "register", "Type": "RegisterModel", "Arguments": {"ModelCard": {}}}
    plain = {"Parameters": [loss], "Steps": []}
    assert parse_settings(['loss=a"b'], plain) == {"loss": 'a"b'}
    with pytest.raises(UserError, match="model card"):
        parse_settings(['loss=a"b'], {**plain, "Steps": [register]})
