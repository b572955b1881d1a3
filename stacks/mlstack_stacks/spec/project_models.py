"""Several models in one project: what each consists of, and each as a specification of its own.

A model has the parts that train, register, serve and watch it; everything else is the project's and shared. A view is
the specification of the environment as if it had this model only, so that whatever is about one model reads the same
keys in both kinds of projects.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from mlstack_components.errors import Problem
from pydantic import AfterValidator, Field, WithJsonSchema

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.data import Data  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.monitoring import Monitoring  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.registry import Registry  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.serving import Serving  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.steps import Steps  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.tree import Mapping, Scalar
from mlstack_stacks.spec.values import check_model_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.tree import Node, Place

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

Models = Annotated[dict[ModelName, ModelParts | None], Field(min_length=1, max_length=MAX_MODELS)]
"""The models of a project, by name; one without a value has what it inherits and nothing of its own."""

_MODEL = re.compile(r"(environments\.[^.]+\.)?models\.[^.]+")


def is_model(key: str) -> bool:
    """Whether a key of the file is the name of a model.

    Args:
        key: The key, dotted.
    """
    return _MODEL.fullmatch(key) is not None


def inheriting(overrides: dict[str, Node], base: dict[str, Node]) -> dict[str, Node]:
    """An environment's keys without the models that it only names: these are there as the project has them.

    Args:
        overrides: The keys of the environment.
        base: Those of the project.
    """
    models, above = overrides.get("models"), base.get("models")
    if not isinstance(models, Mapping) or not isinstance(above, Mapping):
        return overrides
    own = {name: each for name, each in models.entries.items() if not (_is_null(each) and name in above.entries)}
    return {**overrides, "models": Mapping(models.place, own)}


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def view_of(spec: EnvironmentSpec, name: str, parts: ModelParts | None) -> EnvironmentSpec:
    """An environment as if it had one of its models only.

    Args:
        spec: The specification of the environment.
        name: The model's name.
        parts: Its parts; None for none.
    """
    view = spec.model_copy(update={"models": None, **{part: getattr(parts, part, None) for part in MODEL_PARTS}})
    above = f"models.{name}."
    view.read_from(spec.file, {key.removeprefix(above): place for key, place in spec.places.items()})
    view.is_view_of(name, of=len(spec.models or ()))
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
