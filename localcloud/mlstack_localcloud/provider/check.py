"""From what a program gives to the inputs that are deployed, or to what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.compare import is_empty
from mlstack_localcloud.provider.model import Call, Kind, ResourceType
from mlstack_localcloud.provider.naming import Proposal, made_up_name
from mlstack_localcloud.provider.shapes import Problem
from mlstack_localcloud.provider.sources import source_name
from mlstack_localcloud.provider.tagging import add_to_creation
from mlstack_localcloud.provider.values import UNKNOWN, Properties, Value, holds_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mlstack_localcloud.provider.configuration import Configuration
    from mlstack_localcloud.provider.requests import Requests

__all__ = ["DEFAULTED", "applied_after_creation", "check"]

DEFAULTED = "__defaults"
"""The input that lists the properties whose value was made up, as in the official provider's state."""

_OWN = frozenset({DEFAULTED, "region", "tags"})


def check(
    requests: Requests, old: Mapping[str, Value], given: Mapping[str, Value], proposal: Proposal, config: Configuration
) -> tuple[Properties, list[Problem]]:
    """The inputs to deploy, and everything that AWS would refuse about them.

    Args:
        requests: The requests of the resource type.
        old: The inputs that are deployed; empty for a new resource and for the second half of a replacement.
        given: What the program gives; may hold unknowns.
        proposal: What the engine says on naming.
        config: The provider's configuration.
    """
    type_ = requests.type
    inputs = {name: value for name, value in given.items() if value is not None and name != DEFAULTED}
    problems = list(_unknown_names(type_, inputs))
    _tag(type_, inputs, config)
    problems += _documents(type_, inputs)
    problems += _name(type_, old, inputs, proposal)
    problems += [
        Problem(each.name, "is required") for each in type_.properties if each.required and each.name not in inputs
    ]
    if not problems:
        problems += _refused(requests, inputs)
        problems += _refused_in_steps(requests, inputs)
    return inputs, list(dict.fromkeys(problems))


def _unknown_names(type_: ResourceType, inputs: Properties) -> Iterator[Problem]:
    own = _OWN - ({"tags"} if type_.tags is None else set()) - (set() if type_.regional else {"region"})
    for name in inputs:
        if name in type_.by_name or name in own:
            continue
        if name in type_.not_implemented:
            yield Problem(name, f"is not implemented for {type_.token} in the local cloud")
        else:
            yield Problem(name, f"is not a property of {type_.token}")


def _tag(type_: ResourceType, inputs: Properties, config: Configuration) -> None:
    given = inputs.get("tags")
    if type_.tags is not None and config.default_tags and given is not UNKNOWN:
        inputs["tags"] = {**config.default_tags, **(given or {})}


def _documents(type_: ResourceType, inputs: Properties) -> Iterator[Problem]:
    for property_ in type_.properties:
        value = inputs.get(property_.name)
        if property_.kind not in (Kind.JSON, Kind.POLICY, Kind.STRUCTURE) or value is None or value is UNKNOWN:
            continue
        if not isinstance(value, str):
            inputs[property_.name] = UNKNOWN if holds_unknown(value) else json.dumps(value)
            continue
        try:
            json.loads(value)
        except ValueError as error:
            yield Problem(property_.name, f"is not JSON: {error}")


def _name(type_: ResourceType, old: Mapping[str, Value], inputs: Properties, proposal: Proposal) -> Iterator[Problem]:
    name = type_.name
    if name is None or name.property in inputs:
        return
    kept = old.get(name.property)
    if kept and name.property in (old.get(DEFAULTED) or ()) and _prefix(name.prefix_property, old, inputs):
        inputs[name.property] = kept
    else:
        made = made_up_name(name, inputs, proposal)
        if isinstance(made, Problem):
            yield made
            return
        inputs[name.property] = made
    inputs[DEFAULTED] = [name.property]


def _prefix(prefix_property: str, old: Mapping[str, Value], inputs: Mapping[str, Value]) -> bool:
    return not prefix_property or old.get(prefix_property) == inputs.get(prefix_property)


def _refused(requests: Requests, inputs: Properties) -> Iterator[Problem]:
    type_ = requests.type
    # Outputs and ids are decided later; whatever a call takes from them is not known yet.
    values = {**dict.fromkeys(_later(type_), UNKNOWN), **inputs}
    calls: Sequence[Call] = (type_.create, *applied_after_creation(requests, inputs))
    for call in calls:
        request = requests.build(call, values, () if call.each else None)
        if call is type_.create and inputs.get("tags") is not UNKNOWN:
            add_to_creation(type_.tags, request, inputs.get("tags") or {})
        yield from requests.check(call, request)


def _refused_in_steps(requests: Requests, inputs: Properties) -> Iterator[Problem]:
    for property_ in requests.type.properties:
        definition = inputs.get(property_.name)
        if property_.pipeline and isinstance(definition, str):
            from mlstack_localcloud.provider.pipeline_requests import step_problems

            for problem in step_problems(json.loads(definition), requests.input_shape):
                yield replace(problem, path=f"{property_.name}.{problem.path}")


def _later(type_: ResourceType) -> Iterator[str]:
    yield from ("id", "account", "region", "partition")
    for output in type_.outputs:
        yield output.name


def applied_after_creation(requests: Requests, inputs: Mapping[str, Value]) -> list[Call]:
    """The update calls that a creation needs, for properties that the create operation does not take."""
    type_ = requests.type
    created_with = {*requests.takes(type_.create), *map(source_name, type_.create.arguments.values())}
    found = []
    for call in type_.updates:
        triggers = call.on if call.on is not None else requests.takes(call)
        later = [name for name in triggers if name not in created_with]
        wanted = any(
            not is_empty(inputs.get(name)) and inputs.get(name) != type_.by_name[name].default for name in later
        )
        if later and wanted and (call.when is None or _may_hold(call, inputs)):
            found.append(call)
    return found


def _may_hold(call: Call, inputs: Mapping[str, Value]) -> bool:
    when = call.when
    if when is None or inputs.get(when.name) is UNKNOWN:
        return when is None or not when.negated
    return when.holds(inputs)
