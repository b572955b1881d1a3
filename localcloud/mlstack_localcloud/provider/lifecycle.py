"""Creating, reading, changing and deleting resources, from what their type says.

One call for a creation where AWS can do it in one; further calls only for properties that the create operation does not
take. Nothing is read back: what a program gave is what is there, and what AWS chose is in its answer.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.api import Api, ApiError, surroundings
from mlstack_localcloud.provider.assets import content_of
from mlstack_localcloud.provider.check import applied_after_creation
from mlstack_localcloud.provider.clearing import clear, sweep
from mlstack_localcloud.provider.compare import is_empty
from mlstack_localcloud.provider.difference import changed_properties
from mlstack_localcloud.provider.errors import CancelledError, HalfCreatedError, ProviderError
from mlstack_localcloud.provider.identity import properties_of_id
from mlstack_localcloud.provider.model import Call, Kind, ResourceType
from mlstack_localcloud.provider.sources import fill
from mlstack_localcloud.provider.state import live_inputs, live_outputs, outputs_after, told
from mlstack_localcloud.provider.tagging import (
    add_to_creation,
    change_collection,
    change_tags,
    listed_entries,
    tags_in,
)
from mlstack_localcloud.provider.values import Asset, Properties
from mlstack_localcloud.provider.waiting import await_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.provider.configuration import Configuration

__all__ = ["Lifecycle", "Resource"]


@dataclass(frozen=True)
class Resource:
    """A resource as it is in the cloud.

    Attributes:
        id: Its Pulumi id.
        inputs: What a program would give to have it so.
        outputs: All its properties.
    """

    id: str
    inputs: Properties
    outputs: Properties


class Lifecycle:
    """The life of resources of one type, for one provider instance, in one region.

    Args:
        api: The type's API in the region.
        config: The provider's configuration.
        region: The region.
        cancelled: Whether the engine wants to stop.
    """

    def __init__(self, api: Api, config: Configuration, region: str, cancelled: Callable[[], bool]) -> None:
        self._api = api
        self._type: ResourceType = api.requests.type
        self._config = config
        self._context = surroundings(config.account, region)
        self._cancelled = cancelled

    def create(self, inputs: Properties, timeout: float = 0.0) -> tuple[str, Properties]:
        """Create a resource; its id and outputs.

        Args:
            inputs: What `check` made.
            timeout: Seconds that the program allows; 0 for the type's own limit.

        Raises:
            HalfCreatedError: It is there, and a later step failed.
            ProviderError: It is not there.
        """
        type_ = self._type
        values = {**self._context, **self._loaded(inputs)}
        request = self._api.requests.build(type_.create, values)
        add_to_creation(type_.tags, request, inputs.get("tags") or {})
        results = self._api.send(type_.create, request, values) or {}
        outputs = outputs_after(type_, inputs, results, self._context)
        id_ = str(fill(type_.id, {**self._context, **outputs}))
        values = {**self._context, **outputs, **self._loaded(inputs), "id": id_}
        try:
            self._finish_creation(inputs, values)
            results |= self._answers(results, values)
            if type_.created is not None:
                results |= await_state(self._api, type_.created, values, timeout, self._cancelled)
        except ProviderError as error:
            self._give_up(error, id_, outputs, values)
        return id_, outputs_after(type_, inputs, results, self._context)

    def _answers(self, results: Properties, values: Properties) -> Properties:
        found: Properties = {}
        for call in self._type.answers:
            found |= self._api.call(call, told(self._type, {**results, **found}, values), ()) or {}
        return found

    def _finish_creation(self, inputs: Properties, values: Properties) -> None:
        for call in applied_after_creation(self._api.requests, inputs):
            if call.when is None or call.when.holds(inputs):
                self._api.call(call, values)
        for each in self._type.clears:
            clear(self._api, each, values)
        for collection in self._type.collections:
            if not collection.inside:
                change_collection(self._api, collection, values, [], inputs.get(collection.property) or [])
        tags = self._type.tags
        if tags is not None and inputs.get("tags") and not tags.create_member and not tags.specification:
            change_tags(self._api, tags, values, {}, inputs["tags"])

    def _give_up(self, error: ProviderError, id_: str, outputs: Properties, values: Properties) -> None:
        wait = self._type.created
        if wait is not None and wait.undo and not isinstance(error, CancelledError):
            for call in self._type.deletes:
                self._api.call(call, values)
            raise error
        raise HalfCreatedError(str(error), id_, outputs) from error

    def read(self, id_: str, inputs: Properties, outputs: Properties) -> Resource | None:
        """A resource as it is in the cloud, or None where it isn't.

        Args:
            id_: Its Pulumi id; for an import the id that the user typed.
            inputs: The inputs before; empty for an import.
            outputs: The outputs before; empty for an import.

        Raises:
            ProviderError: It could not be read.
        """
        before = outputs or properties_of_id(self._type, id_)
        values = {**self._context, **before, "id": id_}
        results = self._results(values)
        if results is None:
            return None
        tags = {}
        if self._type.tags is not None:
            tags = tags_in(self._type.tags, results, self._config)
        now = live_outputs(self._type, {**results, "outputs": {}}, before, tags, self._context, imported=not outputs)
        now = {**{name: value for name, value in values.items() if name in self._type.identity}, **now}
        found = live_inputs(self._type, inputs, outputs, now)
        new_id = id_ if outputs else str(fill(self._type.id, {**self._context, "id": id_, **now}) or id_)
        return Resource(new_id, found, now)

    def _results(self, values: Properties) -> Properties | None:
        """The merged results of the reading calls, or None where the resource is gone."""
        results: Properties = {}
        tags = self._type.tags
        calls = (*self._type.reads, *((tags.read,) if tags is not None and tags.read is not None else ()))
        for call in calls:
            try:
                # A later call may need what an earlier one told, such as an ARN.
                found = self._api.call(call, told(self._type, results, values), ())
            except ApiError as error:
                if error.says(call.absent):
                    continue
                if error.says(self._type.gone):
                    return None
                raise
            if found is None and (call.must or call.unless or call.out_of or call.find):
                return None
            results |= found or {}
        for collection in self._type.collections:
            place = self._type.by_name[collection.property].read_from
            results[place] = listed_entries(self._api, collection, told(self._type, results, values))
        return results

    def update(
        self, id_: str, old: Properties, new: Properties, outputs: Properties, timeout: float = 0.0
    ) -> Properties:
        """Change a resource in place; its outputs.

        Args:
            id_: Its Pulumi id.
            old: The deployed inputs.
            new: The inputs that `check` made.
            outputs: The deployed outputs.
            timeout: Seconds that the program allows; 0 for the type's own limit.

        Raises:
            ProviderError: A call failed; calls before it have been made, and may be made again.
        """
        type_, requests = self._type, self._api.requests
        changed = {each.name for each in changed_properties(type_, old, new)}
        # The engine asks for an update without a change where a creation had not been finished.
        unfinished = not changed and old.get("tags") == new.get("tags")
        values = {**self._context, **outputs, **self._with_defaults(new), **self._loaded(new), "id": id_}
        after = applied_after_creation(requests, new) if unfinished else []
        results = self._call_updates(values, new, changed, after)
        for each in type_.clears:
            if unfinished or each.property in changed:
                clear(self._api, each, values)
        for collection in type_.collections:
            if collection.inside and collection.property not in changed:
                continue
            there = [] if unfinished else old.get(collection.property) or []
            change_collection(self._api, collection, values, there, new.get(collection.property) or [])
        before = {} if unfinished else old.get("tags") or {}
        if type_.tags is not None and before != (new.get("tags") or {}):
            change_tags(self._api, type_.tags, values, before, new.get("tags") or {})
        if results or changed:
            results |= self._answers(results, values)
        if type_.updated is not None:
            results |= await_state(self._api, type_.updated, values, timeout, self._cancelled)
        return outputs_after(type_, new, {**results, "outputs": outputs}, self._context)

    def _call_updates(self, values: Properties, new: Properties, changed: set[str], after: list[Call]) -> Properties:
        results: Properties = {}
        for prune in self._type.prunes if changed else ():
            sweep(self._api, prune, values)
        for call in self._type.updates:
            triggers = call.on if call.on is not None else self._api.requests.takes(call)
            if (call in after or changed & set(triggers)) and (call.when is None or call.when.holds(new)):
                results |= self._change(call, values, [name for name in triggers if name in changed])
        return results

    def _change(self, call: Call, values: Properties, changed: list[str]) -> Properties:
        if not call.each:
            names = None
            if call.changed_only:
                names = tuple(name for name in self._api.requests.takes(call) if name in changed)
                # An attribute is taken away by setting it to nothing.
                values = {**values, **{name: "" for name in names if values.get(name) is None}}
            request = self._api.requests.build(call, values, names)
            tags = self._type.tags
            if tags is not None and tags.rewritten and call.operation == self._type.create.operation:
                add_to_creation(tags, request, values.get("tags") or {})
            return self._api.send(call, request, values) or {}
        for name in changed:
            property_ = self._type.by_name[name]
            request = self._api.requests.build(self._type.create, values, (name,))
            *_, attribute = property_.member.split(".")
            entries = request.parameters.get(property_.member.split(".")[0], {})
            one = replace(call, each=False)
            self._api.call(one, {**values, "attribute": attribute, "value": entries.get(attribute, "")}, ())
        return {}

    def _with_defaults(self, new: Properties) -> Properties:
        """For properties that are given no more: their defaults, and never what was deployed before."""
        absent = (each for each in self._type.properties if is_empty(new.get(each.name)) and not each.computed)
        return {each.name: each.default for each in absent}

    def delete(self, id_: str, outputs: Properties, timeout: float = 0.0) -> None:
        """Delete a resource; one that is gone already is fine.

        Raises:
            ProviderError: It could not be deleted.
        """
        values = {**self._context, **outputs, "id": id_}
        try:
            self._empty(outputs, values)
            for call in self._type.deletes:
                if call.when is None or call.when.holds(outputs):
                    self._api.call(call, values)
        except ApiError as error:
            if not error.says(self._type.gone):
                raise
        else:
            if self._type.deleted is not None:
                await_state(self._api, self._type.deleted, values, timeout, self._cancelled)

    def _empty(self, outputs: Properties, values: Properties) -> None:
        for each in self._type.sweeps:
            if each.when is None or each.when.holds(outputs):
                sweep(self._api, each, values)
        for collection in self._type.collections:
            apart = collection.outlives and not collection.inside
            if apart and (outputs.get(collection.property) or outputs.get(collection.force)):
                there = listed_entries(self._api, collection, values)
                change_collection(self._api, collection, values, there, [])

    def _loaded(self, inputs: Properties) -> Properties:
        """The inputs with the contents of assets in place of the assets."""
        contents = {
            each.name: content_of(inputs[each.name])
            for each in self._type.properties
            if each.kind is Kind.ASSET and isinstance(inputs.get(each.name), Asset)
        }
        for each in self._type.properties:
            if each.kind is Kind.BASE64 and isinstance(inputs.get(each.name), str):
                contents[each.name] = base64.b64decode(inputs[each.name])
        return {**inputs, **contents}
