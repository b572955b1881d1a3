"""Tags, and list properties whose entries are things of their own in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mlstack_localcloud.provider.requests import Request, dig
from mlstack_localcloud.provider.shapes import camel_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.provider.api import Api
    from mlstack_localcloud.provider.configuration import Configuration
    from mlstack_localcloud.provider.model import Call, Collection, Tags
    from mlstack_localcloud.provider.values import Properties, Value

__all__ = ["add_to_creation", "change_collection", "change_tags", "listed_entries", "tags_as_given", "tags_in"]


def tags_as_given(tags: Tags, given: Mapping[str, Value]) -> Any:
    """Tags in the API's form."""
    if not tags.key:
        return dict(given)
    return [{tags.key: key, tags.value: value} for key, value in given.items()]


def add_to_creation(tags: Tags | None, request: Request, given: Mapping[str, Value]) -> None:
    """Put the tags into a creation's request, if it takes them."""
    if tags is None or not given:
        return
    if tags.specification:
        tagged = {"ResourceType": tags.specification, "Tags": tags_as_given(tags, given)}
        request.parameters["TagSpecifications"] = [tagged]
        request.places["TagSpecifications", 0, "Tags"] = "tags"
        return
    if not tags.create_member:
        return
    if tags.encoded:
        request.parameters[tags.create_member] = urlencode(given)
        return
    # The tags of an S3 bucket, for one, are inside another structure that may be there already.
    *outer, last = tags.create_member.split(".")
    current = request.parameters
    for part in outer:
        current = current.setdefault(part, {})
    current[last] = tags_as_given(tags, given)
    request.places[tuple(tags.create_member.split("."))] = "tags"


def tags_in(tags: Tags, results: Mapping[str, Value], configuration: Configuration) -> dict[str, str]:
    """The tags that results tell, without those that are not the program's business."""
    found = dig(results, tags.result) or {}
    if isinstance(found, list):
        key, value = camel_case(tags.key), camel_case(tags.value)
        found = {each[key]: each.get(value, "") for each in found}
    return {key: value for key, value in sorted(found.items()) if not configuration.ignores_tag(key)}


def change_tags(api: Api, tags: Tags, values: Properties, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Make the tags in the cloud the new ones.

    Args:
        api: The type's API.
        tags: How the type is tagged.
        values: What the calls' arguments name.
        old: The tags that are there.
        new: The tags that shall be.
    """
    if tags.remove is None:
        if tags.clear is not None and not new:
            api.call(tags.clear, values, ())
        else:
            _send(api, tags.put, values, tags.put_member, tags_as_given(tags, new))
        return
    removed = sorted(old.keys() - new.keys())
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    if removed:
        keys = [{tags.key: key} for key in removed] if tags.keyed else removed
        _send(api, tags.remove, values, tags.remove_member, keys)
    if changed:
        _send(api, tags.put, values, tags.put_member, tags_as_given(tags, changed))


def _send(api: Api, call: Call, values: Properties, member: str, value: Any) -> None:
    request = api.requests.build(call, values, ())
    *outer, last = member.split(".")
    current = request.parameters
    for part in outer:
        current = current.setdefault(part, {})
    current[last] = value
    api.send(call, request, values)


def change_collection(api: Api, collection: Collection, values: Properties, old: list[Value], new: list[Value]) -> None:
    """Add and remove the entries of a collection in which two lists differ."""
    for entry in old:
        if entry not in new:
            api.call(collection.remove, {**values, **_names(entry)}, ())
    for entry in new:
        if entry not in old:
            api.call(collection.add, {**values, **_names(entry)}, ())


def _names(entry: Value) -> Properties:
    if isinstance(entry, dict):
        return {f"item.{name}": value for name, value in entry.items()}
    return {"item": entry}


def listed_entries(api: Api, collection: Collection, values: Properties) -> list[Value]:
    """The entries of a collection that are in the cloud."""
    results = api.call(collection.read, values) or {}
    found = dig(results, collection.result) or []
    if collection.detail is not None:
        return [_detailed(api, collection, values, each) for each in found]
    return sorted(each[camel_case(collection.entry)] if collection.entry else each for each in found)


def _detailed(api: Api, collection: Collection, values: Properties, entry: dict[str, Value]) -> Properties:
    """An entry with what another call tells of it, and without what nobody can give."""
    sources = [each for each in collection.add.arguments.values() if isinstance(each, str)]
    given = {each.removeprefix("item.") for each in sources if each.startswith("item.")}
    result = {name: value for name, value in entry.items() if name in given}
    if collection.detail is None or collection.grouped is None:
        return result
    found = dig(api.call(collection.detail, {**values, **_names(entry)}, ()) or {}, collection.detail_result) or []
    grouped = collection.grouped
    for kind, name in grouped.names.items():
        members = [each[grouped.value] for each in found if each[grouped.kind] == kind]
        if members:
            result[name.removeprefix("item.")] = members
    return result
