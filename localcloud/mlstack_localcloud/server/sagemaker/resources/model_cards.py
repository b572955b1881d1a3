"""The cards of model packages: what SageMaker takes for one, and what may be changed of it.

The schema has a function for each kind of value, which yields what is wrong with one. Its source is
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from mlstack_localcloud.server.sagemaker.errors import validation_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlstack_localcloud.server.sagemaker.ports import Document

    Check: TypeAlias = Callable[[Any, str], Iterator[str]]

_ARCHIVED = "Archived"


def checked(card: Document) -> Document:
    """Return the card of a package that is being made.

    Args:
        card: The request's `ModelCard`.

    Raises:
        ServiceError: Its content is no card.
    """
    if "ModelCardContent" in card:
        _check(card["ModelCardContent"])
    return {"ModelCardStatus": "Draft", **card}


def changed(before: Document | None, card: Document) -> Document:
    """Return the card of a package after an update: what is not given stays.

    Args:
        before: The card that it has, or None.
        card: The request's `ModelCard`.

    Raises:
        ServiceError: Its content is no card, or the card is archived.
    """
    if before is not None and before.get("ModelCardStatus") == _ARCHIVED and "ModelCardContent" in card:
        raise validation_error("Model Card is in Archived state.")
    return {**(before or {}), **checked({**(before or {}), **card})}


def _check(content: str) -> None:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise validation_error(f"Model card content is not valid JSON: {error}") from error
    wrong = list(_CARD(found, "model card"))
    if wrong:
        raise validation_error(f"Model card content does not match the schema: {'; '.join(wrong)}")


def _text(longest: int, *, shortest: int = 0) -> Check:
    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, str) or not shortest <= len(value) <= longest:
            yield f"{place} must be a text of {shortest} to {longest} characters"

    return check


def _one_of(*words: str) -> Check:
    def check(value: Any, place: str) -> Iterator[str]:
        if value not in words:
            yield f"{place} must be one of {', '.join(words)}"

    return check


def _list(each: Check, most: int = 100) -> Check:
    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, list) or len(value) > most:
            yield f"{place} must be a list of at most {most}"
            return
        for number, entry in enumerate(value):
            yield from each(entry, f"{place}[{number}]")

    return check


def _object(*needed: str, **members: Check) -> Check:
    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place} must be an object"
            return
        yield from (f"{place}.{name} is missing" for name in needed if name not in value)
        for name, each in value.items():
            if name in members:
                yield from members[name](each, f"{place}.{name}")
            else:
                yield f"{place}.{name} is not allowed"

    return check


def _map(each: Check) -> Check:
    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place} must be an object"
            return
        for name, entry in value.items():
            yield from each(entry, f"{place}.{name}")

    return check


def _any(_value: Any, _place: str) -> Iterator[str]:
    yield from ()


def _number(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield f"{place} must be a number"


def _metric(value: Any, place: str) -> Iterator[str]:
    """A metric; its type says what its value must be."""
    yield from _METRIC(value, place)
    if isinstance(value, dict) and value.get("type") == "number":
        yield from _number(value.get("value"), f"{place}.value")


_LONG, _LINE, _NAME = _text(2048), _text(1024), _text(255, shortest=1)
_METRIC = _object(
    "name",
    "type",
    "value",
    name=_NAME,
    notes=_LINE,
    type=_one_of("number", "string", "boolean", "linear_graph", "bar_chart", "matrix"),
    value=_any,
    x_axis_name=_any,
    y_axis_name=_any,
)
_TRAINING_METRICS = _list(_object("name", "value", name=_NAME, notes=_LINE, value=_number), 50)
_PARAMETERS = _list(_object("name", "value", name=_NAME, value=_text(255)))
_TRAINING = _object(
    training_arn=_LINE,
    training_datasets=_list(_LINE, 15),
    training_environment=_object(container_image=_list(_LINE, 15)),
    training_metrics=_TRAINING_METRICS,
    user_provided_training_metrics=_TRAINING_METRICS,
    hyper_parameters=_PARAMETERS,
    user_provided_hyper_parameters=_PARAMETERS,
)
_OBJECTIVE = _object(
    function=_object(
        function=_one_of("Maximize", "Minimize"),
        facet=_text(63),
        condition=_text(63),
    ),
    notes=_LINE,
)
_EVALUATION = _object(
    "name",
    name=_text(63, shortest=1),
    evaluation_observation=_text(2096),
    evaluation_job_arn=_text(256),
    datasets=_list(_LINE, 10),
    metadata=_map(_LINE),
    metric_groups=_list(_object("name", "metric_data", name=_text(63, shortest=1), metric_data=_list(_metric))),
)
_CARD = _object(
    model_overview=_object(model_creator=_LINE, model_artifact=_list(_LINE, 15)),
    intended_uses=_object(
        purpose_of_model=_LONG,
        intended_uses=_LONG,
        factors_affecting_model_efficiency=_LONG,
        risk_rating=_one_of("High", "Medium", "Low", "Unknown"),
        explanations_for_risk_rating=_LONG,
    ),
    business_details=_object(business_problem=_LONG, business_stakeholders=_LONG, line_of_business=_LONG),
    training_details=_object(
        objective_function=_OBJECTIVE, training_observations=_LINE, training_job_details=_TRAINING
    ),
    evaluation_details=_list(_EVALUATION),
    additional_information=_object(
        ethical_considerations=_LONG, caveats_and_recommendations=_LONG, custom_details=_map(_LINE)
    ),
)
