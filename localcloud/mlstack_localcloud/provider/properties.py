"""The properties of a resource type, as data: how each is called, written, compared and read back."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.provider.values import Value

__all__ = ["ANY", "Kind", "Nested", "Output", "Property"]


class Kind(enum.Enum):
    """How the values of a property are compared and written.

    Attributes:
        PLAIN: As they are.
        JSON: A JSON document in text, compared by content; a dict is written as text.
        STRUCTURE: A JSON document in text, in the API's names, where the API has a structure; null is none.
        POLICY: A JSON document in which also the order of lists, and a list of one against its element, mean nothing.
        SET: A list in which the order means nothing.
        TEXT: Text in the API where Pulumi has a number or a boolean (the attribute maps of SNS and SQS).
        REFERENCE: An ARN, or the name or id at its end.
        URL: An address, with or without its scheme.
        BASE64: Bytes as text.
        ASSET: A file or an archive, compared by its hash.
        PRESENCE: An empty structure in the API, there or not, where Pulumi has a boolean.
        SETTING: No part of the API: it steers only the provider (`forceDestroy`).
    """

    PLAIN = "plain"
    JSON = "json"
    STRUCTURE = "structure"
    POLICY = "policy"
    SET = "set"
    TEXT = "text"
    REFERENCE = "reference"
    URL = "url"
    BASE64 = "base64"
    ASSET = "asset"
    PRESENCE = "presence"
    SETTING = "setting"


class _Any(enum.Enum):
    ANY = "any"


ANY: Final = _Any.ANY
"""A nested value that AWS chooses where none is given."""


@dataclass(frozen=True)
class Property:
    """A property that a program may give.

    Attributes:
        name: Its name in Pulumi (camel case).
        member: Its place in requests, dotted (`Attributes.DelaySeconds`); empty where it is in none.
        result: Its place in the merged results of the reading calls; None for the same as `member`, empty where AWS
            never tells.
        kind: How it is compared and written.
        number: For `Kind.TEXT`: the type that the text stands for.
        default: What AWS (or the official provider) uses where it is not given.
        computed: AWS chooses a value where none is given, so its absence says nothing.
        required: The official provider requires it, though the API does not.
        replaces: An exception from the rule on replacements; `source` says why.
        source: Where an exception comes from.
        nested_defaults: Values that AWS adds inside this property, by Pulumi name; `ANY` for one that it chooses.
        entry_defaults: What the official provider adds to each entry of a list that has none of some keys: the keys, of
            which the first is added, and its value.
        in_place: Of a nested property that an update operation takes: its parts that are all that it takes of it, so
            that a change of any other replaces the resource.
        listed: Pulumi has a list where the API has one structure.
        elsewhere: Another resource type sets it too (a topic's policy), so it is looked at only where it is given.
        pipeline: It is the definition of a pipeline, in whose steps there are further requests to check.
        witness: The output that changes with the content, where AWS never tells the content itself.
    """

    name: str
    member: str = ""
    result: str | None = None
    kind: Kind = Kind.PLAIN
    number: type[int] | type[bool] | None = None
    default: Value = None
    computed: bool = False
    required: bool = False
    replaces: bool | None = None
    source: str = ""
    nested_defaults: Mapping[str, Value] = field(default_factory=dict)
    entry_defaults: tuple[tuple[tuple[str, ...], Value], ...] = ()
    in_place: tuple[str, ...] = ()
    listed: bool = False
    elsewhere: bool = False
    pipeline: bool = False
    witness: str = ""

    @property
    def read_from(self) -> str:
        """Its place in results, dotted; empty where AWS never tells."""
        return self.member if self.result is None else self.result


@dataclass(frozen=True)
class Nested:
    """An exception in how a nested property is called.

    Attributes:
        name: Pulumi's name.
        member: The API's.
        listed: Pulumi has a list where the API has one structure.
        single: Pulumi has one object where the API has a list.
        pairs: Pulumi has a map where the API has a list of names and values; `member` is also the list's shape.
        lifted: Pulumi has the members of this structure beside those of the structure that it is in.
        text: Pulumi has a text where the API has a number.
    """

    name: str
    member: str
    listed: bool = False
    single: bool = False
    pairs: bool = False
    lifted: bool = False
    text: bool = False


@dataclass(frozen=True)
class Output:
    """A property that only the provider fills.

    Attributes:
        name: Its name in Pulumi.
        result: Its place in the merged results, dotted; of several joined by `|` the first that there is.
        text: A template for it where results don't tell: properties, outputs, `{account}`, `{region}`, `{partition}`.
        value: A value that is always the same.
        changes: Whether an update may change it, so that a preview doesn't know it.
        number: The type to convert a text to.
    """

    name: str
    result: str = ""
    text: str = ""
    value: Value = None
    changes: bool = False
    number: type[int] | type[bool] | None = None
