"""The API operations of a resource type, as data: which they are, what they take, when they are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.provider.sources import Grouped, Source
    from mlstack_localcloud.provider.values import Value

__all__ = [
    "Call",
    "Clear",
    "Collection",
    "Sweep",
    "Tags",
    "Wait",
    "When",
]


@dataclass(frozen=True)
class When:
    """A condition on the new properties under which a call is made.

    Attributes:
        name: The property.
        equals: The value it must have; None means: must be given (neither None nor empty nor zero nor False).
        negated: The opposite.
    """

    name: str
    equals: Value = None
    negated: bool = False

    def holds(self, properties: Mapping[str, Value]) -> bool:
        """Whether the condition is met."""
        value = properties.get(self.name)
        met = bool(value) if self.equals is None else value == self.equals
        return met is not self.negated


@dataclass(frozen=True)
class Call:
    """One API operation.

    Attributes:
        operation: Its name in the API (`CreateBucket`).
        arguments: Arguments that are no property's own member, by dotted place.
        takes: The properties that it takes; None for each whose member the operation has, empty for none.
        on: For an update: the properties whose change it answers; None for those that it takes.
        when: A condition under which it is made.
        each: One call for each changed entry of an attribute map, as `AttributeName` and `AttributeValue`.
        out_of: Where in the response the result is, dotted; of a list on the way, or one that ends in `0`, the first.
        find: For a result in a list: the entry whose members have these values.
        into: Under which name the result is merged; empty for its members themselves.
        absent: Error codes that mean: there is nothing of this kind (and the resource is there all the same).
        must: For a reading call: the place of something without which the resource is not there.
        unless: For a reading call: values, by member, with which the resource is as good as gone.
        paged: Whether to read all pages.
        changed_only: For an update: whether it is given only what changes.
    """

    operation: str
    arguments: Mapping[str, Source] = field(default_factory=dict)
    takes: tuple[str, ...] | None = None
    on: tuple[str, ...] | None = None
    when: When | None = None
    each: bool = False
    out_of: str = ""
    find: Mapping[str, Source] | None = None
    into: str = ""
    absent: tuple[str, ...] = ()
    must: str = ""
    unless: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    paged: bool = False
    changed_only: bool = False


@dataclass(frozen=True)
class Tags:
    """How a type is tagged.

    Attributes:
        put: The call that adds tags, or sets all of them where `remove` is None.
        put_member: Where the tags go in it.
        remove: The call that removes tags, or None.
        remove_member: Where the keys go in it.
        read: The call that lists them, or None where another reading call brings them.
        result: Where they are in the merged results.
        create_member: Where the create operation takes them; empty where it doesn't.
        key: What the API calls a tag's key; empty where tags are a map.
        value: What the API calls a tag's value.
        clear: The call that removes all, where setting none is not allowed.
        encoded: Whether `create_member` is a query string.
        rewritten: Whether an update by the create operation drops the tags that it is not given.
        specification: EC2's name of the resource type, where the create operation takes `TagSpecifications`.
        keyed: Whether `remove` takes the keys as tags without a value.
    """

    put: Call
    put_member: str
    result: str
    remove: Call | None = None
    remove_member: str = ""
    read: Call | None = None
    create_member: str = ""
    key: str = "Key"
    value: str = "Value"
    clear: Call | None = None
    encoded: bool = False
    rewritten: bool = False
    specification: str = ""
    keyed: bool = False


@dataclass(frozen=True)
class Collection:
    """A list property of which each entry is a thing of its own in the API.

    Attributes:
        property: The property.
        add: Adds an entry, which is the source `item` (or `item.<name>` of an object).
        remove: Removes one.
        read: Lists them.
        result: Where the entries are in its response, dotted.
        entry: The member of an entry that is the value; empty for the entry itself.
        detail: Tells more of an entry that is an object.
        detail_result: Where that is in its response, dotted.
        grouped: How it becomes properties of the entry.
        outlives: Whether entries must be removed before the resource is deleted.
        force: The setting under which entries that nobody gave are removed at the deletion too.
        inside: Whether the creation takes the entries and the deletion ends them, so that only updates add and remove.
    """

    property: str
    add: Call
    remove: Call
    read: Call
    result: str
    entry: str = ""
    force: str = ""
    detail: Call | None = None
    detail_result: str = ""
    grouped: Grouped | None = None
    outlives: bool = True
    inside: bool = False


@dataclass(frozen=True)
class Wait:
    """Asking until a state is reached.

    Attributes:
        read: What to ask.
        status: Where the state is in the result, dotted.
        until: The states that end it well; empty: until the resource is gone.
        failed: The states that end it badly.
        reason: Where the reason is, dotted.
        timeout: Seconds, where the program sets none.
        undo: Whether a failed creation is deleted again, so that the next deployment starts afresh.
    """

    read: Call
    status: str = ""
    until: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    reason: str = ""
    timeout: float = 1800.0
    undo: bool = False


@dataclass(frozen=True)
class Sweep:
    """Emptying before a deletion, or before a change where only so many entries may be.

    Attributes:
        when: The setting that allows it (`forceDestroy`); None where none is asked for.
        read: Lists what is there.
        entries: Lists in its response, dotted; their entries are joined.
        members: The members of an entry that name it.
        delete: Deletes a page of entries.
        into: Where the entries go in that call, dotted; empty where it takes one entry, by its members.
        only: Values, by member, that an entry must have.
        leaves: How many entries may stay.
        newest_by: The member by which the newest stay.
    """

    when: When | None
    read: Call
    entries: tuple[str, ...]
    members: tuple[str, ...]
    delete: Call
    into: str
    only: Mapping[str, Source] = field(default_factory=dict)
    leaves: int = 0
    newest_by: str = ""


@dataclass(frozen=True)
class Clear:
    """Taking away what AWS puts into a new thing by itself, or what a hand put there later.

    Attributes:
        read: Describes it.
        place: Where in the response the entries are, dotted; of lists the first entry.
        delete: Deletes the entries.
        into: Where they go in that call, in the words in which they came.
        property: The property whose change asks for it again; empty where only a creation does.
    """

    read: Call
    place: str
    delete: Call
    into: str
    property: str = ""
