"""Translation between Pulumi's nested values and those of the API, along botocore's shapes.

Pulumi writes `s3DataSource.s3Uri` where the API has `S3DataSource.S3Uri`: the same words in another case, so the names
need no table. `Nested` lists the exceptions, most of them lists of one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from mlstack_localcloud.provider.values import UNKNOWN, Asset, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_localcloud.provider.model import Nested
    from mlstack_localcloud.provider.service_models import Shape

__all__ = ["Dialect", "Problem", "camel_case"]

_WHOLE = ("integer", "long")
_NUMBERS = ("integer", "long", "float", "double")


@dataclass(frozen=True)
class Problem:
    """Something wrong with an input.

    Attributes:
        path: The property, as Pulumi writes it: `productionVariants[0].instanceType`.
        reason: What is wrong, without the place.
        given: The text that is none of `allowed`; empty otherwise.
        allowed: The values of the enumeration that it is not in; empty otherwise.
    """

    path: str
    reason: str
    given: str = ""
    allowed: tuple[str, ...] = ()

    @property
    def property(self) -> str:
        """The top-level property that the place is in."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]

    def without_value(self) -> Problem:
        """The same problem without the value that it is about, which may be a secret."""
        reason = re.sub(r'^".*" (does not match|is not one of)', r"has a secret value that \1", self.reason, flags=re.S)
        return Problem(self.path, re.sub(r"^(must be .*?), not .*", r"\1", reason, flags=re.S))


def camel_case(member: str) -> str:
    """Pulumi's name of an API member: `KMSMasterKeyID` is `kmsMasterKeyId`."""
    first, *rest = xform_name(member).split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


class Dialect:
    """The names of one resource type.

    Args:
        nested: The exceptions.
    """

    def __init__(self, nested: Sequence[Nested] = ()) -> None:
        self._by_member: dict[str, Nested] = {each.member: each for each in nested}
        self._maps = frozenset(each.member for each in nested if each.pairs)
        self._members: dict[int, tuple[Shape, dict[str, str]]] = {}

    def name(self, member: str) -> str:
        """Pulumi's name of a member."""
        exception = self._by_member.get(member)
        return exception.name if exception else camel_case(member)

    def members(self, shape: Shape) -> Mapping[str, str]:
        """The members of a structure by their names in Pulumi."""
        # The shape itself is kept beside its id, so that no other shape can take its place in memory.
        if id(shape) not in self._members:
            self._members[id(shape)] = (shape, {self.name(member): member for member in shape.members})
        return self._members[id(shape)][1]

    def to_api(self, value: Value, shape: Shape, path: str, problems: list[Problem]) -> Value:
        """A value as the API takes it; what doesn't fit is added to `problems`."""
        if value is UNKNOWN:
            return UNKNOWN
        if shape.type_name == "structure":
            return self._structure_to_api(value, shape, path, problems)
        if shape.type_name == "list":
            return self._list_to_api(value, shape, path, problems)
        if shape.type_name == "map":
            if not isinstance(value, dict):
                problems.append(Problem(path, f"must be a map, not {_kind(value)}"))
                return UNKNOWN
            return {key: self.to_api(each, shape.value, f"{path}.{key}", problems) for key, each in value.items()}
        return _scalar_to_api(value, shape, path, problems)

    def _structure_to_api(self, value: Value, shape: Shape, path: str, problems: list[Problem]) -> Value:
        if isinstance(value, list) and len(value) == 1:
            return self._structure_to_api(value[0], shape, f"{path}[0]", problems)
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, dict):
            problems.append(Problem(path, f"must be an object, not {_kind(value)}"))
            return UNKNOWN
        members = self.members(shape)
        result: dict[str, Any] = {}
        for name, each in value.items():
            place = f"{path}.{name}" if path else name
            if each is None:
                continue
            lifted = None if name in members else self._lifted(name, shape)
            if lifted is not None:
                outer, member, inner = lifted
                result.setdefault(outer, {})[member] = self.to_api(each, inner, place, problems)
                continue
            if name not in members:
                problems.append(Problem(place, "is not known to the API of the service"))
                continue
            result[members[name]] = self.to_api(each, shape.members[members[name]], place, problems)
        return result

    def _lifted(self, name: str, shape: Shape) -> tuple[str, str, Shape] | None:
        """The structure that a name was lifted out of, its member there, and that member's shape."""
        for outer, inner in shape.members.items():
            exception = self._by_member.get(outer)
            if exception and exception.lifted and inner.type_name == "structure":
                member = self.members(inner).get(name)
                if member is not None:
                    return outer, member, inner.members[member]
        return None

    def _list_to_api(self, value: Value, shape: Shape, path: str, problems: list[Problem]) -> Value:
        if isinstance(value, dict):
            pair = self._pair(shape)
            if pair:
                return [{pair[0]: key, pair[1]: each} for key, each in value.items()]
            return [self.to_api(value, shape.member, path, problems)]
        if not isinstance(value, list):
            problems.append(Problem(path, f"must be a list, not {_kind(value)}"))
            return UNKNOWN
        return [self.to_api(each, shape.member, f"{path}[{index}]", problems) for index, each in enumerate(value)]

    def from_api(self, value: Any, shape: Shape) -> Value:
        """A value of a response as Pulumi has it; what is empty is left out of structures."""
        if value is None:
            return None
        if shape.type_name == "structure":
            return self._structure_from_api(value, shape)
        if shape.type_name == "list":
            return self._list_from_api(value, shape)
        if shape.type_name == "map":
            return {key: self.from_api(each, shape.value) for key, each in value.items()}
        return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value

    def _structure_from_api(self, value: Any, shape: Shape) -> Value:
        result: dict[str, Any] = {}
        for member, each in value.items():
            if member not in shape.members or each is None:
                continue
            found = self.member_from_api(member, each, shape.members[member])
            exception = self._by_member.get(member)
            if exception and exception.lifted:
                result.update(found)
            else:
                result[self.name(member)] = found
        return result

    def _pair(self, shape: Shape) -> tuple[str, str] | None:
        return ("Name", "Value") if shape.name in self._maps else _pair_members(shape)

    def _list_from_api(self, value: Any, shape: Shape) -> Value:
        pair = self._pair(shape)
        if pair:
            return {each[pair[0]]: each[pair[1]] for each in value}
        return [self.from_api(each, shape.member) for each in value]

    def member_from_api(self, member: str, value: Any, shape: Shape) -> Value:
        """The value of one member as Pulumi has it, exceptions included."""
        plain = self.from_api(value, shape)
        exception = self._by_member.get(member)
        if exception and exception.listed:
            return [plain]
        if exception and exception.single:
            return plain[0] if plain else None
        if exception and exception.text:
            return f"{plain:g}"
        return plain


def _pair_members(shape: Shape) -> tuple[str, str] | None:
    """The members of a list of tags: a list in the API, a map in Pulumi."""
    member = shape.member
    if member.type_name != "structure":
        return None
    names = {name.lower(): name for name in member.members}
    return (names["key"], names["value"]) if names.keys() == {"key", "value"} else None


def _scalar_to_api(value: Value, shape: Shape, path: str, problems: list[Problem]) -> Value:
    wanted = shape.type_name
    if wanted == "boolean":
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
    elif wanted in _NUMBERS:
        number = _number(value)
        if number is not None and (wanted not in _WHOLE or float(number).is_integer()):
            return int(number) if wanted in _WHOLE else float(number)
    elif wanted == "blob" or isinstance(value, str):
        return value
    elif isinstance(value, dict | list) and not isinstance(value, Asset):
        # PolicyDocument and the like: typed objects of the SDK that the API takes as JSON.
        return json.dumps(value)
    problems.append(Problem(path, f"must be {_ARTICLES.get(wanted, f'a {wanted}')}, not {_kind(value)}"))
    return UNKNOWN


_ARTICLES = {"integer": "a whole number", "long": "a whole number", "float": "a number", "double": "a number"}


def _number(value: Value) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _kind(value: Value) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Asset):
        return "a file"
    return json.dumps(value)
