"""Several models in one project: what each consists of, and each as a specification of its own.

A model has the parts that train, register, serve and watch it; everything else is the project's and shared. A view is
the specification of the environment as if it had this model only, so that whatever is about one model reads the same
keys in both kinds of projects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from mlstack_components.errors import Problem
from pydantic import AfterValidator, Field, WithJsonSchema

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.data import Data  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.monitoring import Monitoring  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.registry import Registry  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.serving import Serving  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.steps import Steps  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.values import check_model_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.tree import Place

MAX_MODELS = 20
"""More would come near to the 500 resources up to which updates are measured."""

ModelName = Annotated[
    str,
    AfterValidator(check_model_name),
    WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"}),
]


class ModelParts(SpecModel):
    """The parts of one model of several."""

    data: Data | None = None
    steps: Steps | None = None
    registry: Registry | None = None
    serving: Serving | None = None
    monitoring: Monitoring | None = None


MODEL_PARTS = tuple(ModelParts.model_fields)
"""The parts of a project that belong to a model."""

Models = Annotated[dict[ModelName, ModelParts], Field(min_length=1, max_length=MAX_MODELS)]
"""The models of a project, by name."""


def view_of(spec: EnvironmentSpec, name: str, parts: ModelParts) -> EnvironmentSpec:
    """An environment as if it had one of its models only.

    Args:
        spec: The specification of the environment.
        name: The model's name.
        parts: Its parts.
    """
    view = spec.model_copy(update={"models": None, **{part: getattr(parts, part) for part in MODEL_PARTS}})
    above = f"models.{name}."
    view.read_from(spec.file, {key.removeprefix(above): place for key, place in spec.places.items()})
    view.is_view_of(name)
    return view


def parts_beside_models(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problems of parts that are a model's and stand above all of them.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    if spec.models is None:
        return
    first = next(iter(spec.models))
    for part in MODEL_PARTS:
        place: Place | None = spec.place(part)
        if getattr(spec, part) is not None and place is not None:
            message = "belongs to a model where there are `models`."
            yield Problem(file, place.line, place.key, message, f"Move it below `models: {{{first}: …}}`.")
