"""Taking away what is in a resource: before its deletion, and what nobody gave after its creation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_localcloud.provider.sources import source_value

if TYPE_CHECKING:
    from mlstack_localcloud.provider.api import Api
    from mlstack_localcloud.provider.calls import Clear, Sweep
    from mlstack_localcloud.provider.values import Properties

__all__ = ["clear", "sweep"]


def clear(api: Api, what: Clear, values: Properties) -> None:
    """Take away what is found in a resource that nobody gave.

    Args:
        api: The type's API.
        what: What is looked for, and how it is deleted.
        values: What the calls' arguments name.
    """
    request = api.requests.build(what.read, values, ())
    found: Any = api.raw(what.read.operation, request.parameters)
    for part in what.place.split("."):
        found = (found or [{}])[0] if isinstance(found, list) else found
        found = found.get(part)
    if found:
        request = api.requests.build(what.delete, values, ())
        request.parameters[what.into] = found
        api.send(what.delete, request, values)


def sweep(api: Api, what: Sweep, values: Properties) -> None:
    """Empty a resource, page by page, until no more is listed than may stay.

    Args:
        api: The type's API.
        what: What is listed, and how a page of it is deleted.
        values: What the calls' arguments name.
    """
    wanted = {member: source_value(source, values) for member, source in what.only.items()}
    while True:
        found = api.raw(what.read.operation, api.requests.build(what.read, values, ()).parameters)
        entries: list[Any] = [
            each
            for place in what.entries
            for each in found.get(place) or []
            if all(each.get(member) == value for member, value in wanted.items())
        ]
        if what.newest_by:
            entries.sort(key=lambda each: each[what.newest_by], reverse=True)
        entries = entries[what.leaves :]
        if not entries:
            return
        _delete(api, what, values, [{name: each[name] for name in what.members if name in each} for each in entries])


def _delete(api: Api, what: Sweep, values: Properties, entries: list[dict[str, Any]]) -> None:
    if not what.into:
        for entry in entries:
            request = api.requests.build(what.delete, values, ())
            request.parameters.update(entry)
            api.send(what.delete, request, values)
        return
    request = api.requests.build(what.delete, values, ())
    *outer, last = what.into.split(".")
    current = request.parameters
    for part in outer:
        current = current.setdefault(part, {})
    current[last] = entries
    api.send(what.delete, request, values)
