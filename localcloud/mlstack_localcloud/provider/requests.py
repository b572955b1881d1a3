"""From properties to the parameters of an API operation, and back from its response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.provider.constraints import Path, violations
from mlstack_localcloud.provider.documents import structure_of
from mlstack_localcloud.provider.model import Kind, Property, ResourceType
from mlstack_localcloud.provider.shapes import Dialect, Problem, camel_case
from mlstack_localcloud.provider.sources import source_name, source_value
from mlstack_localcloud.provider.values import UNKNOWN, Properties, Value, holds_unknown

if TYPE_CHECKING:
    from mlstack_localcloud.provider.calls import Call
    from mlstack_localcloud.provider.service_models import Shape

__all__ = ["Request", "Requests", "dig"]


FIRST = "0"
"""What stands for the first entry in a place that ends in a list."""


@dataclass
class Request:
    """A request being put together.

    Attributes:
        parameters: What is sent.
        places: Which Pulumi property is behind which place in it.
        problems: What did not fit.
    """

    parameters: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Requests:
    """The requests of one resource type.

    Args:
        type_: The resource type.
        model: Its service's model: botocore's, or a `ServiceModel` where only requests are needed.
    """

    def __init__(self, type_: ResourceType, model: Any) -> None:
        self.type = type_
        self.dialect = Dialect(type_.nested)
        self._model = model
        self._taken: dict[int, tuple[Call, tuple[str, ...]]] = {}

    def operation(self, call: Call) -> Any:
        """The operation's model."""
        return self._model.operation_model(call.operation)

    def input_shape(self, operation: str) -> Shape | None:
        """The shape of an operation's request; None where it takes nothing."""
        return self._model.operation_model(operation).input_shape

    def takes(self, call: Call) -> tuple[str, ...]:
        """The properties that a call takes."""
        if call.takes is not None:
            return call.takes
        if id(call) not in self._taken:
            self._taken[id(call)] = (call, tuple(each.name for each in self._fitting(call)))
        return self._taken[id(call)][1]

    def _fitting(self, call: Call) -> Iterator[Property]:
        shape = self.operation(call).input_shape
        if shape is None:
            return
        given = {place.split(".")[0] for place in call.arguments}
        for each in self.type.properties:
            if not each.member or each.kind is Kind.SETTING:
                continue
            if (call.each and "." in each.member) or (
                each.member.split(".")[0] in shape.members and each.member not in given | call.arguments.keys()
            ):
                yield each

    def build(self, call: Call, values: Mapping[str, Value], names: Sequence[str] | None = None) -> Request:
        """The request of a call.

        Args:
            call: The call.
            values: Properties, outputs and whatever the call's arguments name; absent ones are left out.
            names: The properties to pass; None for all that the call takes.
        """
        request = Request()
        shape = self.operation(call).input_shape
        if shape is None:
            return request
        for place, source in call.arguments.items():
            value = source_value(source, values)
            if value is not None:
                path, leaf = _navigate(shape, place)
                name = source_name(source)
                _put(request.parameters, path, self.dialect.to_api(value, leaf, name or str(source), request.problems))
                if name is not None:
                    request.places[path] = name
        for name in self.takes(call) if names is None else names:
            property_ = self.type.by_name[name]
            value = values.get(name)
            if value is not None:
                self._pass(request, shape, property_, value)
        return request

    def _pass(self, request: Request, shape: Shape, property_: Property, value: Value) -> None:
        path, leaf = _navigate(shape, property_.member)
        if property_.kind is Kind.PRESENCE and value is not UNKNOWN:
            if value:
                _put(request.parameters, path, {})
            return
        for keys, default in property_.entry_defaults:
            if isinstance(value, list):
                value = [_with_default(each, keys, default) for each in value]
        if property_.kind is Kind.TEXT and value is not UNKNOWN:
            value = _as_text(value)
        if holds_unknown(value) and leaf.type_name == "string":
            value = UNKNOWN
        if property_.kind is Kind.STRUCTURE:
            _put(request.parameters, path, structure_of(value))
        else:
            _put(request.parameters, path, self.dialect.to_api(value, leaf, property_.name, request.problems))
        request.places[path] = property_.name

    def check(self, call: Call, request: Request, expected: Sequence[str] | None = None) -> Iterator[Problem]:
        """What AWS would refuse in a request.

        Args:
            call: The call.
            request: Its request.
            expected: The properties that may be reported as missing; None for all that the call takes.
        """
        shape = self.operation(call).input_shape
        yield from request.problems
        if shape is None:
            return
        for found in violations(request.parameters, shape):
            place = self._locate(found.path, request, call, expected)
            if place is not None:
                reason = f"{found.reason} ({call.operation} in the AWS API)"
                yield Problem(place, reason, found.given, found.allowed)

    def _locate(self, path: Path, request: Request, call: Call, expected: Sequence[str] | None) -> str | None:
        for length in range(len(path), 0, -1):
            if path[:length] in request.places:
                return request.places[path[:length]] + self._suffix(path[length:])
        # Nothing given is behind this place: a property is missing, or a whole group of them.
        place = ".".join(str(each) for each in path if not isinstance(each, int))
        for name in self.takes(call) if expected is None else expected:
            member = self.type.by_name[name].member
            if member == place or member.startswith(f"{place}."):
                return name
        return None

    def _suffix(self, path: Path) -> str:
        return "".join(f"[{each}]" if isinstance(each, int) else f".{self.dialect.name(each)}" for each in path)

    def result(self, call: Call, response: Mapping[str, Any], values: Mapping[str, Value]) -> Properties | None:
        """What a response says, with Pulumi's nested names, by dotted member; None where there is nothing."""
        shape: Shape | None = self.operation(call).output_shape
        found: Any = {name: each for name, each in response.items() if name != "ResponseMetadata"}
        for part in filter(None, call.out_of.split(".")):
            if isinstance(found, list):
                found, shape = (
                    (found or [{}])[0],
                    shape.member if shape is not None and shape.type_name == "list" else None,
                )
                if part == FIRST:
                    continue
            found = found.get(part)
            shape = shape.members.get(part) if shape is not None and shape.type_name == "structure" else None
            if found is None:
                return None
        if call.find is not None:
            wanted = {member: source_value(source, values) for member, source in call.find.items()}
            found = next((e for e in found if all(e.get(member) == value for member, value in wanted.items())), None)
            shape = shape.member if shape is not None and shape.type_name == "list" else shape
        if found is None:
            return None
        if isinstance(found, str) or shape is None or shape.type_name != "structure":
            return {call.into: self.dialect.from_api(found, shape) if shape is not None else found}
        if any(found.get(member) in values for member, values in call.unless.items()):
            return None
        as_it_is = {each.read_from for each in self.type.properties if each.kind is Kind.STRUCTURE}
        plain = {
            member: each if member in as_it_is else self.dialect.member_from_api(member, each, shape.members[member])
            for member, each in found.items()
            if member in shape.members
        }
        if call.must and dig(plain, call.must) in (None, "", {}, []):
            return None
        return {call.into: self.dialect.from_api(found, shape)} if call.into else plain


def dig(results: Mapping[str, Value], place: str) -> Value:
    """The value at a dotted place; None where there is none."""
    found: Value = results
    for part in place.split("."):
        if isinstance(found, list):
            found = found[0] if found else None
        if not isinstance(found, Mapping):
            return None
        # Below the first level structures have Pulumi's names already, and maps have their own keys.
        found = found[part] if part in found else found.get(camel_case(part))
    return found


def _navigate(shape: Shape, place: str) -> tuple[Path, Shape]:
    """The path of a dotted place in a request, with the index of a list of one, and the shape there."""
    path: list[str | int] = []
    current: Shape = shape
    for part in place.split("."):
        if current.type_name == "list":
            path.append(0)
            current = current.member
        path.append(part)
        current = current.members[part] if current.type_name == "structure" else current.value
    return tuple(path), current


def _put(parameters: dict[str, Any], path: Path, value: Value) -> None:
    current: Any = parameters
    for part, following in pairwise(path):
        if isinstance(part, int):
            if not current:
                current.append({})
            current = current[part]
        else:
            current = current.setdefault(part, [] if isinstance(following, int) else {})
    current[path[-1]] = value


def _with_default(entry: Value, keys: tuple[str, ...], default: Value) -> Value:
    if not isinstance(entry, dict) or any(entry.get(key) is not None for key in keys):
        return entry
    return {**entry, keys[0]: default}


def _as_text(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return value
