"""What AWS requires of a request, by botocore's model: required members, lengths, ranges, patterns, enumerations.

botocore itself checks only types and required members before it sends. The rest is in the same model, and AWS refuses
what does not meet it; so it is checked in preview already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from mlstack_localcloud.provider.patterns import compile_pattern
from mlstack_localcloud.provider.values import UNKNOWN, Asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_localcloud.provider.service_models import Shape

__all__ = ["Path", "Violation", "violations"]

Path: TypeAlias = tuple[str | int, ...]
"""A place in a request: members and indices."""


@dataclass(frozen=True)
class Violation:
    """Something that AWS would refuse in a request.

    Attributes:
        path: The place.
        reason: What is wrong with it.
        given: The text that is none of `allowed`; empty otherwise.
        allowed: The values of the enumeration that it is not in; empty otherwise.
    """

    path: Path
    reason: str
    given: str = ""
    allowed: tuple[str, ...] = ()


# A pattern over a very long text (a pipeline's definition) may take for ever, and says nothing useful there.
_LONGEST_MATCHED = 20_000
_SHOWN = 8
_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "structure": ((dict,), "an object"),
    "map": ((dict,), "a map"),
    "list": ((list,), "a list"),
    "string": ((str,), "a text"),
    "boolean": ((bool,), "true or false"),
    "integer": ((int,), "a whole number"),
    "long": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
}


def violations(parameters: Any, shape: Shape, path: Path = ()) -> Iterator[Violation]:
    """What AWS would refuse in a request.

    Args:
        parameters: The request; `UNKNOWN` anywhere is not checked.
        shape: The operation's input shape, or a part of it.
        path: Where `parameters` is in the request.

    Yields:
        Each place, and what is wrong with it.
    """
    if parameters is UNKNOWN or isinstance(parameters, Asset):
        return
    kind = shape.type_name
    if not _is_a(kind, parameters):
        yield Violation(path, f"must be {_TYPES[kind][1]}")
    elif kind == "structure":
        yield from _structure(parameters, shape, path)
    elif kind == "list":
        yield from _sized(len(parameters), shape, path, "entries")
        for index, value in enumerate(parameters):
            yield from violations(value, shape.member, (*path, index))
    elif kind == "map":
        yield from _sized(len(parameters), shape, path, "entries")
        for key, value in parameters.items():
            yield from _text(key, shape.key, (*path, key))
            yield from violations(value, shape.value, (*path, key))
    elif kind == "string":
        yield from _text(parameters, shape, path)
    elif kind in _NUMBERS:
        yield from _ranged(parameters, shape, path)


_NUMBERS = ("integer", "long", "float", "double")


def _is_a(kind: str, value: Any) -> bool:
    if kind not in _TYPES:
        return True
    # bool is an int in Python.
    return isinstance(value, _TYPES[kind][0]) and isinstance(value, bool) == (kind == "boolean")


def _structure(parameters: dict[str, Any], shape: Shape, path: Path) -> Iterator[Violation]:
    for member in shape.required_members:
        # botocore makes up the tokens itself.
        if member not in parameters and not shape.members[member].metadata.get("idempotencyToken"):
            yield Violation((*path, member), "is required")
    for member, value in parameters.items():
        if member in shape.members:
            yield from violations(value, shape.members[member], (*path, member))
        else:
            yield Violation((*path, member), "is not known to the API of the service")


def _sized(length: int, shape: Shape, path: Path, unit: str) -> Iterator[Violation]:
    # botocore's `metadata` has only some of the traits; `min`, `max`, `pattern` and `enum` are among them.
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and length < least:
        yield Violation(path, f"must have at least {least} {unit}, and has {length}")
    if most is not None and length > most:
        yield Violation(path, f"must have at most {most} {unit}, and has {length}")


def _ranged(number: float, shape: Shape, path: Path) -> Iterator[Violation]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and number < least:
        yield Violation(path, f"must be at least {least}, and is {number}")
    if most is not None and number > most:
        yield Violation(path, f"must be at most {most}, and is {number}")


def _text(text: str, shape: Shape, path: Path) -> Iterator[Violation]:
    yield from _sized(len(text), shape, path, "characters")
    values = shape.metadata.get("enum")
    if values and text not in values:
        shown = ", ".join(values[:_SHOWN]) + (", ..." if len(values) > _SHOWN else "")
        yield Violation(path, f'"{text}" is not one of {shown}', text, tuple(values))
        return
    pattern = shape.metadata.get("pattern")
    if pattern and len(text) <= _LONGEST_MATCHED:
        compiled = compile_pattern(pattern)
        # AWS matches the whole value, whether the pattern is anchored or not.
        if compiled is not None and compiled.fullmatch(text) is None:
            yield Violation(path, f'"{text}" does not match {pattern}')
