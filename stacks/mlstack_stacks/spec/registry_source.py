"""One registry for several environments: which environment uses whose, and what can't be.

An environment whose `registry.environment` is another's name has no registry of its own: it serves versions of the
other's, and trains none. Both stand in one file, so each knows what the other needs of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import Problem

from mlstack_stacks.spec.problems import did_you_mean
from mlstack_stacks.spec.values import LOCAL_ENVIRONMENT, closest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec

_KEY = "registry.environment"
_INEFFECTIVE = {
    "steps": "trains nothing",
    "registry.share_with": "shares nothing",
    "registry.card": "registers nothing",
}
"""What an environment with another one's registry has no use for, and why."""


def source_name(spec: EnvironmentSpec) -> str | None:
    """The environment whose registry another one uses; None of one that has its own, or none at all.

    The environment `local` always has its own: on a laptop nobody depends on what is up elsewhere.

    Args:
        spec: The specification, of a model's view where the project has several.
    """
    if spec.registry is None or spec.environment == LOCAL_ENVIRONMENT:
        return None
    named = spec.registry.environment
    return None if named == spec.environment else named


def hears_of_versions(spec: EnvironmentSpec) -> bool:
    """Whether an environment has what listens to events of its registry's versions.

    Args:
        spec: The specification.
    """
    return spec.notifications is not None or spec.continuous_deployment is not None


def joined(specs: Mapping[str, EnvironmentSpec]) -> dict[str, EnvironmentSpec]:
    """The environments of a file, each knowing the others; what uses another's registry trains nothing.

    Args:
        specs: The environments by name.
    """
    found: dict[str, EnvironmentSpec] = {name: _without_training(spec) for name, spec in specs.items()}
    for spec in found.values():
        spec.stands_beside(found)
    return found


def _without_training(spec: EnvironmentSpec) -> EnvironmentSpec:
    if spec.models is None:
        return spec if source_name(spec) is None else spec.model_copy(update={"steps": None})
    elsewhere = [name for name, view in spec.views().items() if source_name(view) is not None]
    changed = {
        name: parts.model_copy(update={"steps": None}) if parts is not None and name in elsewhere else parts
        for name, parts in spec.models.items()
    }
    return spec.model_copy(update={"models": changed}) if elsewhere else spec


def registry_problems(specs: Mapping[str, EnvironmentSpec], file: Path) -> Iterator[Problem]:
    """The problems of environments that use another's registry.

    Args:
        specs: The environments by name, as they stand in the file.
        file: The file, as messages name it.
    """
    for spec in specs.values():
        for view in spec.views().values():
            for key, message, next_step in _of_environment(view, specs):
                place = view.place(key)
                line, shown = (place.line, place.key) if place else (0, key)
                yield Problem(file, line, shown, message, next_step)


def _of_environment(view: EnvironmentSpec, specs: Mapping[str, EnvironmentSpec]) -> Iterator[tuple[str, str, str]]:
    registry = view.registry
    if registry is None or registry.environment is None:
        return
    place, named = view.place(_KEY), registry.environment
    written_here = place is not None and place.key.startswith(f"environments.{view.environment}.")
    if view.environment == LOCAL_ENVIRONMENT:
        if written_here and named != LOCAL_ENVIRONMENT:
            yield _KEY, f"`{LOCAL_ENVIRONMENT}` always has a registry of its own.", "Remove this line."
        return
    source = specs.get(named)
    if source is None:
        guess = closest(named, list(specs))
        hint = did_you_mean(guess) if guess else f"There are {', '.join(specs)}."
        yield _KEY, f'there is no environment "{named}".', hint
    elif source_name(view) is not None:
        of_model = source.views().get(view.model)
        if of_model is None:
            yield _KEY, f"`{named}` has no model `{view.model}`.", "Give it one, or name an environment that has it."
        else:
            yield from _of_source(view, of_model, named)
            yield from _trains_nothing(view, named)


def _of_source(view: EnvironmentSpec, source: EnvironmentSpec, named: str) -> Iterator[tuple[str, str, str]]:
    """What the environment that has the registry must be."""
    if source.registry is None:
        yield _KEY, f"`{named}` has no registry.", "Give it a `registry` part, or name an environment that has one."
        return
    further = source_name(source)
    if further is not None:
        next_step = f"Write `environment: {further}`." if further != view.environment else "Let one of them have it."
        yield _KEY, f"`{named}` uses the registry of `{further}` and has none of its own.", next_step
        return
    if source.is_local != view.is_local:
        where = {True: "in the local cloud", False: "in a cloud"}
        message = f"`{named}` lives {where[source.is_local]}, and `{view.environment}` {where[view.is_local]}."
        yield _KEY, message, "Write `local: true` at both or at neither, or remove this line."
        return
    if source.region != view.region:
        # A model is made from a version of its own region only
        # (docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html).
        message = f"`{named}` is in {source.region}, and models of {view.region} are made from versions there only."
        yield _KEY, message, f"Put both into one region, or give `{view.environment}` a registry of its own."
    if source.account != view.account and view.account not in source.registry.share_with:
        message = f"`{named}` does not share its registry with the account {view.account} of `{view.environment}`."
        yield _KEY, message, f'Write `registry: {{share_with: ["{view.account}"]}}` below `{named}`.'


def _trains_nothing(view: EnvironmentSpec, named: str) -> Iterator[tuple[str, str, str]]:
    """What an environment says that has no effect where versions come from another one."""
    mine = f"environments.{view.environment}."
    for key, what in _INEFFECTIVE.items():
        # An override of a part stands at its keys: the part itself may stand above.
        below = (each for each in view.places if each == key or each.startswith(f"{key}."))
        written = next((each for each in below if view.places[each].key.startswith(mine)), None)
        if written is not None:
            message = f"`{view.environment}` uses the registry of `{named}`, so it {what}."
            yield written, message, f"Remove it, or move it below `{named}`."
