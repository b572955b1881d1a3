"""Where the arguments of an API operation come from, as data, and what they are then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final, TypeAlias

from mlstack_localcloud.provider.values import UNKNOWN, Value

__all__ = [
    "ID",
    "Beside",
    "Const",
    "Default",
    "Grouped",
    "ListOf",
    "Part",
    "Source",
    "Text",
    "fill",
    "source_name",
    "source_value",
]

ID: Final = "id"
"""Where an argument's source is the resource's Pulumi id."""


@dataclass(frozen=True)
class Const:
    """An argument that is always the same."""

    value: Value


@dataclass(frozen=True)
class Text:
    """An argument made of others, such as `parameter{name}`.

    Attributes:
        template: The text, with names of properties and surroundings in braces.
        unless: The text with which the argument is left out.
    """

    template: str
    unless: str | None = None


@dataclass(frozen=True)
class ListOf:
    """An argument that is a list of one value."""

    name: str


@dataclass(frozen=True)
class Grouped:
    """An argument that is one list where Pulumi has one a kind.

    Attributes:
        kind: What an entry calls its kind, by Pulumi's name.
        value: What an entry calls its value, by Pulumi's name.
        names: The properties, by kind.
    """

    kind: str
    value: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """An argument that is a part of a property.

    Attributes:
        name: The property.
        key: The part's name in Pulumi.
    """

    name: str
    key: str


@dataclass(frozen=True)
class Default:
    """An argument that has a value even where none is given.

    Attributes:
        name: Where it comes from.
        value: Its value otherwise.
    """

    name: str
    value: Value


@dataclass(frozen=True)
class Beside:
    """An argument that belongs to another one and is given only beside it.

    Attributes:
        name: Where it comes from.
        other: The property that must be given too.
    """

    name: str
    other: str


Source: TypeAlias = str | Const | Text | ListOf | Grouped | Part | Default | Beside
"""Where a call's argument comes from; a plain string names a property, an output or `id`."""


def fill(template: str, values: Mapping[str, Value]) -> Value:
    """A template filled in; `UNKNOWN` or None where a value is."""
    needed = _fields(template)
    for name in needed:
        if values.get(name) is None:
            return None
        if values[name] is UNKNOWN:
            return UNKNOWN
    return template.format_map(values)


def _fields(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def source_value(source: Source, values: Mapping[str, Value]) -> Value:  # noqa: PLR0911 - one for each kind of source
    """The value of an argument's source; None where there is none."""
    if isinstance(source, Const):
        return source.value
    if isinstance(source, Text):
        text = fill(source.template, values)
        return None if text == source.unless else text
    if isinstance(source, Part):
        whole = values.get(source.name)
        return whole.get(source.key) if isinstance(whole, Mapping) else None
    if isinstance(source, ListOf):
        value = values.get(source.name)
        return None if value is None else [value]
    if isinstance(source, Grouped):
        entries = [
            {source.kind: kind, source.value: each}
            for kind, name in source.names.items()
            for each in values.get(name) or []
        ]
        return entries or None
    if isinstance(source, Default):
        value = values.get(source.name)
        return source.value if value is None else value
    if isinstance(source, Beside):
        return None if values.get(source.other) is None else values.get(source.name)
    return values.get(source)


def source_name(source: Source) -> str | None:
    """The property or output that an argument passes on as it is; None where it is made of something else."""
    if isinstance(source, str):
        return source
    return source.name if isinstance(source, Default | Beside) else None
