"""The model card of a version: what it is for, what it was made from and how it was measured, in SageMaker's schema.

The card is JSON inside the pipeline's JSON, and holds what only a run decides. So it is a text that the run joins: what
is known already as it is, and between it the values. What the run puts in is not escaped: a text with a quote or a
backslash in a parameter would make a card that SageMaker refuses, and the version is not registered then.

Source of the schema: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema
(that of model packages: of `model_overview` it has creator and artifact only).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from mlstack_components.aws.pipeline_expressions import Json, get, join
from mlstack_components.aws.pipeline_locations import TRAIN, TUNE, model_uri, output_uri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_components.aws.pipeline_args import EvaluateStepArgs, PipelineDefinitionArgs

RiskRating: TypeAlias = Literal["High", "Medium", "Low", "Unknown"]
"""How much harm a wrong answer may do."""

STATUS = "Draft"
"""What a card is when its version is registered; people move it on."""

MAX_TEXT = 2048
"""The longest text about use, risk and limits, in characters."""


@dataclass(frozen=True, kw_only=True)
class ModelCardArgs:
    """What people say of a model; what it was made from and how it was measured the pipeline knows."""

    creator: str
    """Who answers for the model; at most 1024 characters."""
    intended_use: str
    """What the model is for; at most 2048 characters, and so each of the others."""
    purpose: str | None = None
    """Why it was made."""
    limitations: str | None = None
    """What makes it worse: other regions, seasons, groups of people."""
    risk_rating: RiskRating = "Unknown"
    """How much harm a wrong answer may do."""
    risk_explanation: str | None = None
    """Why it is rated so."""
    ethical_considerations: str | None = None
    """Whom it may treat unfairly, and what is done about it."""
    recommendations: str | None = None
    """What its users should heed."""


@dataclass(frozen=True)
class _Value:
    """A value that a run puts into the card.

    Attributes:
        expression: Where it comes from.
        is_text: Whether it is written in quotes.
    """

    expression: Json
    is_text: bool = True


def model_card(args: PipelineDefinitionArgs, card: ModelCardArgs) -> Json:
    """Return the `ModelCard` of the request that registers a version.

    Args:
        args: The pipeline.
        card: What people say of the model.
    """
    content: dict[str, Any] = {
        "model_overview": {"model_creator": card.creator, "model_artifact": [_Value(model_uri(args))]},
        "intended_uses": _given(
            purpose_of_model=card.purpose,
            intended_uses=card.intended_use,
            factors_affecting_model_efficiency=card.limitations,
            risk_rating=card.risk_rating,
            explanations_for_risk_rating=card.risk_explanation,
        ),
        "training_details": {"training_job_details": _training(args)},
        "additional_information": {
            **_given(
                ethical_considerations=card.ethical_considerations, caveats_and_recommendations=card.recommendations
            ),
            "custom_details": {
                "code_uri": _Value(get("Parameters.CodeUri")),
                "pipeline_execution": _Value(get("Execution.PipelineExecutionArn")),
            },
        },
    }
    if args.steps.evaluate is not None:
        content["evaluation_details"] = [_evaluation(args, args.steps.evaluate)]
    return {"ModelCardContent": join("", *_joined(_pieces(content))), "ModelCardStatus": STATUS}


def _given(**texts: str | None) -> dict[str, Any]:
    return {name: text for name, text in texts.items() if text is not None}


def _training(args: PipelineDefinitionArgs) -> dict[str, Any]:
    """What trained the model. The values that tuning chose are told by the job that is named, and only there."""
    tune, image = args.steps.tune, args.steps.train.image_uri
    tuned = {} if tune is None else tune.ranges
    job = f"Steps.{TRAIN}.TrainingJobArn" if tune is None else f"Steps.{TUNE}.BestTrainingJob.TrainingJobArn"
    chosen = [name for name in args.steps.train.hyperparameters if name not in tuned]
    return {
        "training_arn": _Value(get(job)),
        "training_datasets": [_Value(get("Parameters.DataUri"))],
        "training_environment": {"container_image": [image if isinstance(image, str) else _Value(image)]},
        "user_provided_hyper_parameters": [
            {"name": name, "value": _Value(get(f"Parameters.{name}"))} for name in chosen
        ],
    }


def _evaluation(args: PipelineDefinitionArgs, evaluate: EvaluateStepArgs) -> dict[str, Any]:
    """How the model was measured: the metrics of the gates, and where the whole report lies."""
    # These modules know each other: the step that registers holds the card.
    from mlstack_components.aws.pipeline_steps import EVALUATE, REPORT_FILE, prepared, reported

    metrics = dict.fromkeys(gate.metric for gate in evaluate.gates)
    details: dict[str, Any] = {
        "name": "evaluation",
        "evaluation_job_arn": _Value(get(f"Steps.{EVALUATE}.ProcessingJobArn")),
        "datasets": [_Value(prepared(args, "test"))],
        "metadata": {"report": _Value(output_uri(args, EVALUATE, "evaluation", REPORT_FILE))},
    }
    if metrics:
        data = [{"name": each, "type": "number", "value": _Value(reported(each), is_text=False)} for each in metrics]
        gates = "; ".join(str(gate) for gate in evaluate.gates)
        details["evaluation_observation"] = f"Passed: {gates}"
        details["metric_groups"] = [{"name": "gates", "metric_data": data}]
    return details


def _pieces(value: Any) -> Iterator[Any]:
    """The JSON of a value as texts and expressions, in their order."""
    if isinstance(value, _Value):
        quote = '"' if value.is_text else ""
        yield from (quote, *_parts(value.expression), quote)
    elif isinstance(value, dict):
        yield "{"
        for number, (name, each) in enumerate(value.items()):
            yield f"{',' if number else ''}{json.dumps(name)}:"
            yield from _pieces(each)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, each in enumerate(value):
            yield "," if number else ""
            yield from _pieces(each)
        yield "]"
    else:
        yield json.dumps(value)


def _parts(expression: Any) -> Iterator[Any]:
    """What an expression joins, or the expression itself."""
    joined = expression.get("Std:Join") if isinstance(expression, dict) else None
    if joined is None:
        yield expression
        return
    for number, each in enumerate(joined["Values"]):
        yield joined["On"] if number else ""
        yield from _parts(each)


def _joined(pieces: Iterator[Any]) -> list[Any]:
    """The pieces with neighbouring texts as one."""
    result: list[Any] = []
    for piece in pieces:
        if isinstance(piece, str) and result and isinstance(result[-1], str):
            result[-1] += piece
        elif piece != "":
            result.append(piece)
    return result
