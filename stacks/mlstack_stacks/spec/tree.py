"""What a YAML file says and on which line, as a tree of scalars, sequences and mappings.

Plain scalars follow the core schema of YAML 1.2 (`true`, `null`, `12`, `0.5`; `yes` and `on` are text), as editors do.
Every scalar keeps its source text, so that an account number or a version is never rounded on its way to a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DIGITS = 30

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(frozen=True)
class Place:
    """Where something stands in the file.

    Attributes:
        line: The line, from 1.
        key: The dotted key as the file has it, such as `environments.prod.serving`.
    """

    line: int
    key: str


@dataclass(frozen=True)
class Scalar:
    """A single value.

    Attributes:
        place: Where it stands; the line is that of its key.
        text: The source text without quotes.
        value: The value by YAML 1.2's core schema.
        plain: True where it is not in quotes.
    """

    place: Place
    text: str
    value: str | int | float | bool | None
    plain: bool

    @property
    def empty(self) -> bool:
        """True for a key with nothing behind it, which is not the same as a written `null`."""
        return self.plain and self.text == ""

    def data(self) -> object:
        """The value."""
        return self.value


@dataclass
class Sequence:
    """A list of values.

    Attributes:
        place: Where it stands.
        items: The values, in the order of the file.
    """

    place: Place
    items: list[Node] = field(default_factory=list)

    def data(self) -> object:
        """The values as a tuple."""
        return tuple(item.data() for item in self.items)


@dataclass
class Mapping:
    """Keys and values.

    Attributes:
        place: Where it stands.
        entries: The values by key, in the order of the file.
    """

    place: Place
    entries: dict[str, Node] = field(default_factory=dict)

    def data(self) -> object:
        """The values as a dictionary."""
        return {key: node.data() for key, node in self.entries.items()}


Node = Scalar | Sequence | Mapping


def walk(node: Node) -> Iterator[Node]:
    """Every node of a tree, parents first."""
    yield node
    children: list[Node] = []
    if isinstance(node, Mapping):
        children = list(node.entries.values())
    elif isinstance(node, Sequence):
        children = node.items
    for child in children:
        yield from walk(child)


def resolve(text: str) -> str | int | float | bool | None:
    """The value of a plain scalar by the core schema of YAML 1.2 (yaml.org/spec/1.2.2, section 10.3.2)."""
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text[0] in "tT"
    if _INTEGER.fullmatch(text):
        # YAML 1.2 writes decimals with leading zeros as decimals, Python refuses them without a base.
        return int(text, 0) if text[:2] in {"0o", "0x"} else int(text, 10)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def is_oversized_integer(text: str) -> bool:
    """True for an integer with more digits than any value in a specification can need; Python refuses to parse such."""
    return len(text) > MAX_DIGITS and _INTEGER.fullmatch(text) is not None
