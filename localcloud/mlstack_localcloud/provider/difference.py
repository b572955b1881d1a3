"""What changes between the deployed inputs and the new ones, and whether the resource can keep its place.

A property that some update operation takes (by botocore's model) is changed in place; any other change replaces the
resource. The replacement is made before the old one is deleted, unless both would have the same identity in the cloud.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.check import DEFAULTED
from mlstack_localcloud.provider.compare import is_empty, same
from mlstack_localcloud.provider.model import Kind, Property, ResourceType
from mlstack_localcloud.provider.values import UNKNOWN, Properties, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlstack_localcloud.provider.configuration import Configuration
    from mlstack_localcloud.provider.requests import Requests

__all__ = ["Change", "Difference", "changed_properties", "difference", "replaces"]


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        kind: `add`, `delete` or `update`.
        replace: Whether it forces a replacement.
    """

    kind: str
    replace: bool


@dataclass(frozen=True)
class Difference:
    """All changes of a resource.

    Attributes:
        changes: By property path.
        properties: The top-level properties that change.
        replaced_by: Those of them that force a replacement.
        delete_first: Whether the old one must go before the new one comes.
    """

    changes: Mapping[str, Change] = field(default_factory=dict)
    properties: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    delete_first: bool = False


def replaces(requests: Requests, property_: Property) -> bool:
    """Whether a change of a property forces a replacement."""
    if property_.replaces is not None:
        return property_.replaces
    if property_.name in requests.type.identity:
        return True
    apart = {each.property for each in requests.type.collections} | {each.property for each in requests.type.clears}
    if property_.kind is Kind.SETTING or property_.name in apart:
        return False
    for call in requests.type.updates:
        if property_.name in (call.on if call.on is not None else requests.takes(call)):
            return False
    return True


def _beyond_parts(property_: Property, old: Mapping[str, Value], new: Mapping[str, Value]) -> bool:
    """Whether more of a property changes than the parts that an update takes."""
    if not property_.in_place:
        return False

    def rest(value: Value) -> Value:
        if not isinstance(value, dict):
            return value
        return {name: each for name, each in value.items() if name not in property_.in_place}

    return not same(property_, rest(old.get(property_.name)), rest(new.get(property_.name)))


def changed_properties(type_: ResourceType, old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[Property]:
    """The properties that differ in meaning; one that AWS chooses differs only where it is given."""
    for property_ in type_.properties:
        before, after = old.get(property_.name), new.get(property_.name)
        if (property_.computed or property_.elsewhere) and is_empty(after):
            continue
        if not same(property_, before, after):
            yield property_


def difference(
    requests: Requests, old: Properties, new: Properties, outputs: Mapping[str, Value], config: Configuration
) -> Difference:
    """The difference between deployed and new inputs.

    Args:
        requests: The type's requests.
        old: The deployed inputs.
        new: The inputs that `check` made.
        outputs: The deployed outputs.
        config: The provider's configuration.
    """
    type_ = requests.type
    changes: dict[str, Change] = {}
    properties, replaced_by = [], []
    for property_ in changed_properties(type_, old, new):
        replace = replaces(requests, property_) or _beyond_parts(property_, old, new)
        properties.append(property_.name)
        if replace:
            replaced_by.append(property_.name)
        before, after = old.get(property_.name), new.get(property_.name)
        changes.update(_paths(property_.name, before, after, replace))
    if type_.tags is not None and (old.get("tags") or {}) != (new.get("tags") or {}):
        properties.append("tags")
        changes.update(_paths("tags", old.get("tags"), new.get("tags"), replace=False))
    if type_.regional and outputs.get("region") and outputs["region"] != new.get("region", config.region):
        properties.append("region")
        replaced_by.append("region")
        changes["region"] = Change("update", replace=True)
    delete_first = bool(replaced_by) and "region" not in replaced_by and _same_identity(type_, old, new)
    return Difference(changes, tuple(properties), tuple(replaced_by), delete_first)


def _same_identity(type_: ResourceType, old: Properties, new: Properties) -> bool:
    made_up = new.get(DEFAULTED) or ()
    if not type_.identity or any(name in made_up for name in type_.identity):
        return False
    return all(same(type_.by_name[name], old.get(name), new.get(name)) for name in type_.identity)


def _paths(path: str, old: Value, new: Value, replace: bool) -> dict[str, Change]:
    """The changes inside a value, by path; of lists of another length the list itself."""
    if new is not UNKNOWN and is_empty(old) and not is_empty(new):
        return {path: Change("add", replace)}
    if is_empty(new):
        return {path: Change("delete", replace)}
    found: dict[str, Change] = {}
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                found.update(_paths(f"{path}{_step(name)}", old.get(name), new.get(name), replace))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                found.update(_paths(f"{path}[{index}]", before, after, replace))
    return found or {path: Change("update", replace)}


def _step(name: str) -> str:
    if name.replace("_", "").isalnum() and not name[:1].isdigit():
        return f".{name}"
    escaped = name.replace('"', '\\"')
    return f'["{escaped}"]'
