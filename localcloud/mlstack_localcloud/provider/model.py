"""What a resource type is: pure data, from which the common code makes, reads, changes and deletes resources.

A type names the properties that Pulumi knows, the API operations behind it (`calls`), and how the two meet. Everything
else follows from botocore's service model: how a nested property is called in a request
(`productionVariants[0].volumeSizeInGb` is `ProductionVariants[0].VolumeSizeInGB`), what is required, which values are
allowed, and whether a property can be changed in place. A property that no update operation takes forces a replacement;
an exception says so and names its source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.calls import Call, Clear, Collection, Sweep, Tags, Wait, When
from mlstack_localcloud.provider.properties import ANY, Kind, Nested, Output, Property
from mlstack_localcloud.provider.sources import ID, Beside, Const, Default, Grouped, ListOf, Part, Source, Text

if TYPE_CHECKING:
    from collections.abc import Mapping


__all__ = [
    "ANY",
    "ID",
    "Beside",
    "Call",
    "Clear",
    "Collection",
    "Const",
    "DataSource",
    "Default",
    "Grouped",
    "Kind",
    "ListOf",
    "Name",
    "Nested",
    "Output",
    "Part",
    "Property",
    "ResourceType",
    "Source",
    "Sweep",
    "Tags",
    "Text",
    "Wait",
    "When",
]


@dataclass(frozen=True)
class Name:
    """A name that is made up where a program gives none.

    Attributes:
        property: The property.
        prefix_property: The property that brings a prefix instead, or empty.
        longest: AWS's limit in characters.
        lower: Whether only small letters are allowed.
        before: What each name begins with (`alias/`).
        fifo: The boolean property under which the name ends in `.fifo`.
        random: Whether random characters are added to the logical name.
    """

    property: str
    prefix_property: str = ""
    longest: int = 255
    lower: bool = False
    before: str = ""
    fifo: str = ""
    random: bool = True


@dataclass(frozen=True)
class ResourceType:
    """A resource type, whole.

    Attributes:
        token: Pulumi's token.
        service: botocore's name of the service.
        properties: What a program may give.
        id: The template of the Pulumi id.
        create: Makes the resource.
        reads: Describe it; the results are merged.
        deletes: Delete it, in this order.
        outputs: What else Pulumi shows.
        updates: Change it; after a creation also those whose properties the creation did not take.
        gone: Error codes that mean: the resource is not there; `Code: words` where also the message must have the
            words.
        answers: Reading calls after a creation, for outputs that its own answer does not tell.
        name: Its autonaming, or None.
        tags: Its tagging, or None.
        import_id: The pattern of the id to import, with properties as groups; empty where it is the template's.
        nested: Exceptions in how nested properties are called.
        collections: List properties that are things of their own.
        created: What to wait for after a creation; likewise `updated`, `deleted`.
        sweeps: Emptying before a deletion.
        prunes: Emptying before a change.
        clears: What is taken away from a new resource.
        regional: Whether it lives in a region.
        not_implemented: Properties of the official provider that are refused by name.
    """

    token: str
    service: str
    properties: tuple[Property, ...]
    id: str
    create: Call
    reads: tuple[Call, ...]
    deletes: tuple[Call, ...]
    outputs: tuple[Output, ...] = ()
    updates: tuple[Call, ...] = ()
    gone: tuple[str, ...] = ()
    answers: tuple[Call, ...] = ()
    name: Name | None = None
    tags: Tags | None = None
    import_id: str = ""
    nested: tuple[Nested, ...] = ()
    collections: tuple[Collection, ...] = ()
    created: Wait | None = None
    updated: Wait | None = None
    deleted: Wait | None = None
    sweeps: tuple[Sweep, ...] = ()
    prunes: tuple[Sweep, ...] = ()
    clears: tuple[Clear, ...] = ()
    regional: bool = True
    not_implemented: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Property]:
        """The properties by their names."""
        return {each.name: each for each in self.properties}

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """The given properties that decide which resource it is in the cloud."""
        fields = tuple(name for _, name, _, _ in Formatter().parse(self.id) if name)
        named = (self.name.property,) if self.name else ()
        imported = tuple(re.compile(self.import_id).groupindex)
        return tuple(dict.fromkeys(each for each in (*named, *fields, *imported) if each in self.by_name))

    def __hash__(self) -> int:
        return hash(self.token)


@dataclass(frozen=True)
class DataSource:
    """A function that programs call.

    Attributes:
        token: Pulumi's token.
        service: botocore's name of the service; empty where no call is needed.
        arguments: What a program may give, by name, with the API's member or empty.
        required: Which of them it must.
        call: The operation, or None.
        outputs: The answer: JMESPath expressions over `args`, `result`, `region`, `account` and `partition`.
        paged: Whether to read all pages.
    """

    token: str
    outputs: Mapping[str, str]
    service: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    call: Call | None = None
    paged: bool = False
