"""What Pulumi remembers of a resource: its outputs, and its inputs as they are in the cloud."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.compare import is_empty, same
from mlstack_localcloud.provider.model import Kind, Property, ResourceType
from mlstack_localcloud.provider.requests import dig
from mlstack_localcloud.provider.sources import fill
from mlstack_localcloud.provider.values import UNKNOWN, Properties, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["expected_outputs", "live_inputs", "live_outputs", "outputs_after", "told"]


def outputs_after(
    type_: ResourceType, inputs: Mapping[str, Value], results: Mapping[str, Value], context: Mapping[str, Value]
) -> Properties:
    """The outputs after a creation or an update: what was given, AWS's answers, and the defaults.

    Args:
        type_: The resource type.
        inputs: The deployed inputs.
        results: What the calls answered, merged; for an update also the outputs before, under `outputs`.
        context: What templates may name besides.
    """
    outputs: Properties = {}
    before = results.get("outputs", {})
    for property_ in type_.properties:
        value = inputs.get(property_.name)
        if value is None and property_.computed and not property_.elsewhere:
            value = _read(property_, results)
            value = before.get(property_.name) if value is None else value
        if value is None:
            value = property_.default
        if value is not None:
            outputs[property_.name] = value
    _add_surroundings(type_, outputs, inputs.get("tags"), context)
    _add_outputs(type_, outputs, results, before, context)
    return outputs


def expected_outputs(
    type_: ResourceType, inputs: Mapping[str, Value], before: Mapping[str, Value] | None, context: Mapping[str, Value]
) -> Properties:
    """The outputs that a preview can tell; `UNKNOWN` where only the deployment decides."""
    outputs = outputs_after(type_, inputs, {"outputs": before or {}}, context)
    for property_ in type_.properties:
        if property_.computed and property_.name not in outputs:
            outputs[property_.name] = UNKNOWN
    for output in type_.outputs:
        if (before is None and output.value is None) or output.changes:
            outputs[output.name] = UNKNOWN
    return outputs


def _add_surroundings(type_: ResourceType, outputs: Properties, tags: Value, context: Mapping[str, Value]) -> None:
    if type_.tags is not None:
        outputs["tags"] = tags or {}
        outputs["tagsAll"] = tags or {}
    if type_.regional:
        outputs["region"] = context["region"]


def _add_outputs(
    type_: ResourceType,
    outputs: Properties,
    results: Mapping[str, Value],
    before: Mapping[str, Value],
    context: Mapping[str, Value],
) -> None:
    for output in type_.outputs:
        value = output.value
        if value is None and output.result:
            found = (dig(results, place) for place in output.result.split("|"))
            value = _converted(next((each for each in found if each is not None), None), output.number)
        if value is None and output.text:
            value = fill(output.text, {**context, **outputs})
        if value is None:
            value = before.get(output.name)
        if value is not None:
            outputs[output.name] = value


def _read(property_: Property, results: Mapping[str, Value]) -> Value:
    if property_.kind is Kind.PRESENCE:
        return dig(results, property_.read_from) is not None
    value = _converted(dig(results, property_.read_from) if property_.read_from else None, property_.number)
    if property_.kind in (Kind.JSON, Kind.POLICY, Kind.STRUCTURE) and isinstance(value, dict | list):
        return json.dumps(value)  # botocore reads IAM's documents already
    return [value] if property_.listed and isinstance(value, dict) else value


def _converted(value: Value, number: type[int] | type[bool] | None) -> Value:
    if isinstance(value, str) and value[:1] == value[-1:] == '"':
        return value.strip('"')  # an ETag
    if number is None or not isinstance(value, str) or value == "":
        return value
    return value == "true" if number is bool else int(float(value))


def told(type_: ResourceType, results: Mapping[str, Value], values: Mapping[str, Value]) -> Properties:
    """The outputs that results tell so far, for calls that need them (an ARN to ask for tags)."""
    outputs = dict(values)
    _add_outputs(type_, outputs, results, values, {})
    return outputs


def live_outputs(
    type_: ResourceType,
    results: Mapping[str, Value],
    before: Mapping[str, Value],
    tags: Mapping[str, str],
    context: Mapping[str, Value],
    *,
    imported: bool = False,
) -> Properties:
    """The outputs as they are in the cloud; where they mean the same as before, in the words of before.

    Args:
        type_: The resource type.
        results: What the reading calls answered, merged.
        before: The outputs before; for an import what its id tells.
        tags: The tags in the cloud.
        context: What templates may name besides.
        imported: Whether it is an import.
    """
    outputs: Properties = {}
    for property_ in type_.properties:
        old = before.get(property_.name)
        if property_.elsewhere and is_empty(old) and not imported:
            continue
        readable = property_.read_from and property_.kind is not Kind.SETTING
        value = _read(property_, results) if readable else old
        value = property_.default if is_empty(value) else value
        if not imported and same(property_, old, value):
            value = old  # also where it was not given, and AWS shows its default
        if value is not None:
            outputs[property_.name] = value
    _add_surroundings(type_, outputs, dict(tags), context)
    _add_outputs(type_, outputs, results, before, context)
    return outputs


def live_inputs(
    type_: ResourceType, inputs: Mapping[str, Value], before: Mapping[str, Value], now: Mapping[str, Value]
) -> Properties:
    """The inputs as they are in the cloud: those of before where nothing changed, else what is there.

    Args:
        type_: The resource type.
        inputs: The inputs before; empty for an import.
        before: The outputs before; empty for an import.
        now: The outputs now.
    """
    found = dict(inputs)
    for property_ in type_.properties:
        name = property_.name
        value = now.get(name)
        changed = not same(property_, before.get(name), value)
        if name in inputs:
            witness = property_.witness
            if witness and before.get(witness) != now.get(witness):
                found.pop(name)  # its content is not what the program gave any more
            elif changed:
                _set(found, name, value)
        elif property_.kind is Kind.SETTING or ((property_.computed or not changed) and before):
            # What nobody gave, and AWS chose or left as it was, is no input. An import can't know what was given.
            continue
        elif not same(property_, None, value):
            found[name] = value
    if type_.tags is not None and (inputs.get("tags") or {}) != now["tags"]:
        _set(found, "tags", now["tags"] or None)
    return found


def _set(inputs: Properties, name: str, value: Value) -> None:
    if value is None:
        inputs.pop(name, None)
    else:
        inputs[name] = value
