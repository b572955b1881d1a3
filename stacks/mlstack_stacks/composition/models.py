"""The part `models`: the parts of each of several models, between those that all of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_stacks.composition.model_environment import ModelEnvironment
from mlstack_stacks.composition.parts import declare_parts
from mlstack_stacks.spec.project_models import MODEL_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlstack_stacks.composition.environment import Environment


def declare_with_models(package: str, parts: Iterable[str], environment: Environment) -> dict[str, Any]:
    """Declare the parts of an environment and of its models, a part after the other.

    Args:
        package: The package that has a module a part.
        parts: Their names, in the order of declaration.
        environment: The environment.

    Returns:
        The outputs of all of them by name; those of models below `models`.
    """
    views = environment.spec.views().items()
    environment.models = {str(name): ModelEnvironment(view, str(name), environment) for name, view in views}
    outputs: dict[str, Any] = {}
    of_models: dict[str, dict[str, Any]] = {name: {} for name in environment.models}
    for part in parts:
        if part not in MODEL_PARTS:
            outputs |= declare_parts(package, (part,), environment.spec, environment)
            continue
        for name, each in environment.models.items():
            each.follow()
            of_models[name] |= declare_parts(package, (part,), each.spec, each)
    for name, each in environment.models.items():
        of_models[name]["data_uri"] = each.data_uri
    return outputs | {"models": of_models}
