"""What AWS requires of a request, by botocore's model: required members, lengths, ranges, patterns, enumerations.

botocore itself checks only types and required members before it sends. The rest is in the same model, and AWS refuses
what does not meet it; so it is checked in preview already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from mlstack_localcloud.provider.patterns import compile_pattern
from mlstack_localcloud.provider.values import UNKNOWN, Asset

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Path", "violations"]

Path = tuple[str | int, ...]
"""A place in a request: members and indices."""

# A pattern over a very long text (a pipeline's definition) may take for ever, and says nothing useful there.
_LONGEST_MATCHED = 20_000
_SHOWN = 8


def violations(parameters: Any, shape: Shape, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """What AWS would refuse in a request.

    Args:
        parameters: The request; `UNKNOWN` anywhere is not checked.
        shape: The operation's input shape, or a part of it.
        path: Where `parameters` is in the request.

    Yields:
        The place, and what is wrong with it.
    """
    if parameters is UNKNOWN or isinstance(parameters, Asset):
        return
    if isinstance(shape, StructureShape):
        yield from _missing(parameters, shape, path)
        for member, value in parameters.items():
            yield from violations(value, shape.members[member], (*path, member))
    elif isinstance(shape, ListShape):
        yield from _sized(len(parameters), shape, path, "entries")
        for index, value in enumerate(parameters):
            yield from violations(value, shape.member, (*path, index))
    elif isinstance(shape, MapShape):
        yield from _sized(len(parameters), shape, path, "entries")
        for key, value in parameters.items():
            yield from _text(key, shape.key, (*path, key))
            yield from violations(value, shape.value, (*path, key))
    else:
        yield from _scalar(parameters, shape, path)


def _missing(parameters: Any, shape: StructureShape, path: Path) -> Iterator[tuple[Path, str]]:
    for member in shape.required_members:
        # botocore makes up the tokens itself.
        if member not in parameters and not shape.members[member].metadata.get("idempotencyToken"):
            yield (*path, member), "is required"


def _scalar(parameters: Any, shape: Shape, path: Path) -> Iterator[tuple[Path, str]]:
    if shape.type_name == "string":
        yield from _text(parameters, shape, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _ranged(parameters, shape, path)


def _sized(length: int, shape: Shape, path: Path, unit: str) -> Iterator[tuple[Path, str]]:
    # botocore's `metadata` has only some of the traits; `min`, `max`, `pattern` and `enum` are among them.
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and length < least:
        yield path, f"must have at least {least} {unit}, and has {length}"
    if most is not None and length > most:
        yield path, f"must have at most {most} {unit}, and has {length}"


def _ranged(number: float, shape: Shape, path: Path) -> Iterator[tuple[Path, str]]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and number < least:
        yield path, f"must be at least {least}, and is {number}"
    if most is not None and number > most:
        yield path, f"must be at most {most}, and is {number}"


def _text(text: str, shape: Shape, path: Path) -> Iterator[tuple[Path, str]]:
    yield from _sized(len(text), shape, path, "characters")
    values = shape.metadata.get("enum")
    if values and text not in values:
        shown = ", ".join(values[:_SHOWN]) + (", ..." if len(values) > _SHOWN else "")
        yield path, f'"{text}" is not one of {shown}'
        return
    pattern = shape.metadata.get("pattern")
    if pattern and len(text) <= _LONGEST_MATCHED:
        compiled = compile_pattern(pattern)
        # AWS matches the whole value, whether the pattern is anchored or not.
        if compiled is not None and compiled.fullmatch(text) is None:
            yield path, f'"{text}" does not match {pattern}'
