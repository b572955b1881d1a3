"""The operations of Feature Store's runtime API, on requests that are read and checked.

Their rules are those of its API reference: the online store keeps the newest record of an identifier by event time, the
offline store everything that was put and a marker of each deletion.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.errors import ServiceError, not_found
from mlstack_localcloud.server.sagemaker.features.records import Change
from mlstack_localcloud.server.sagemaker.features.values import features_of, invalid, point_in_time, seconds_of, types
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.features.offline import OfflineStore
    from mlstack_localcloud.server.sagemaker.features.records import Records, Stored
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.feature_groups import FeatureGroups

_RECORDS_A_PAGE = 100  # The most that ListRecords takes as MaxResults.


class FeatureRuntime:
    """Puts, gets and deletes records.

    Args:
        groups: The feature groups.
        records: The tables.
        offline: Told of what it has to write.
    """

    def __init__(self, groups: FeatureGroups, records: Records, offline: OfflineStore) -> None:
        self._groups = groups
        self._records = records
        self._offline = offline

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "PutRecord": self.put,
            "GetRecord": self.get,
            "BatchGetRecord": self.batch_get,
            "DeleteRecord": self.delete,
            "ListRecords": self.list_page,
        }

    def put(self, request: Document, caller: Identity) -> Document:
        """Store a record; an older one than the online store has goes to the offline store alone."""
        group = self._writable(request, caller)
        features = features_of(group, request["Record"])
        event_time = point_in_time(group, features[group["EventTimeFeatureName"]])
        duration = request.get("TtlDuration") or group.get("OnlineStoreConfig", {}).get("TtlDuration")
        expires = event_time + seconds_of(duration) if duration else None
        identifier = features[group["RecordIdentifierFeatureName"]]
        self._write(group, request, Change(identifier, event_time, features, now(), expires=expires))
        return {}

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a record, softly unless asked otherwise; a newer one than the deletion stays."""
        group = self._writable(request, caller)
        identifier, given = request["RecordIdentifierValueAsString"], request["EventTime"]
        event_time = point_in_time(group, given)
        hard = request.get("DeletionMode") == "HardDelete"
        stored = self._records.get(group["FeatureGroupArn"], identifier, now())
        if hard and stored is not None and event_time <= stored.event_time:
            raise invalid("Validation Error: EventTime must be later than that of the record that is deleted.")
        marker = {group["RecordIdentifierFeatureName"]: identifier, group["EventTimeFeatureName"]: given}
        self._write(group, request, Change(identifier, event_time, marker, now(), deleted=True), remove=hard)
        return {}

    def get(self, request: Document, caller: Identity) -> Document:
        """Return the newest record, or nothing."""
        group = self._readable(request["FeatureGroupName"], caller)
        stored = self._records.get(group["FeatureGroupArn"], request["RecordIdentifierValueAsString"], now())
        return _record(group, stored, request, request.get("FeatureNames"))

    def batch_get(self, request: Document, caller: Identity) -> Document:
        """Return the newest records of several groups; what is not there is left out, what fails is told."""
        found: list[Document] = []
        errors: list[Document] = []
        for wanted in request["Identifiers"]:
            for identifier in wanted["RecordIdentifiersValueAsString"]:
                place = {"FeatureGroupName": wanted["FeatureGroupName"], "RecordIdentifierValueAsString": identifier}
                try:
                    answer = self.get({**wanted, **place, **_expiration(request)}, caller)
                except ServiceError as error:
                    errors.append({**place, "ErrorCode": error.code, "ErrorMessage": error.message})
                else:
                    found += [{**place, **answer}] if answer else []
        return {"Records": found, "Errors": errors, "UnprocessedIdentifiers": []}

    def list_page(self, request: Document, caller: Identity) -> Document:
        """Return the identifiers that the online store has, in order."""
        group = self._readable(request["FeatureGroupName"], caller)
        size = request.get("MaxResults", _RECORDS_A_PAGE)
        deleted = request.get("IncludeSoftDeletedRecords", False)
        # The token is where the page before ended, so that what is put meanwhile neither repeats nor hides anything.
        after = request.get("NextToken")
        found = self._records.identifiers(group["FeatureGroupArn"], after, size + 1, now(), deleted=deleted)
        answer: Document = {"RecordIdentifiers": found[:size]}
        return {**answer, "NextToken": found[size - 1]} if len(found) > size else answer

    def _write(self, group: Document, request: Document, change: Change, *, remove: bool = False) -> None:
        stores = request.get("TargetStores") or ["OnlineStore", "OfflineStore"]
        online, offline = _has_online(group), "OfflineStoreConfig" in group
        for store, there in (("OnlineStore", online), ("OfflineStore", offline)):
            if store in request.get("TargetStores", ()) and not there:
                raise invalid(f"Validation Error: {group['FeatureGroupName']} has no {store}.")
        offline = offline and "OfflineStore" in stores
        self._records.write(
            group["FeatureGroupArn"], change, online=online and "OnlineStore" in stores, offline=offline, remove=remove
        )
        if offline:
            self._offline.notice()

    def _writable(self, request: Document, caller: Identity) -> Document:
        try:
            return self._created(request["FeatureGroupName"], caller)
        except ServiceError as error:
            # PutRecord and DeleteRecord know no ResourceNotFound (API reference).
            raise invalid(error.message) from error

    def _readable(self, name: str, caller: Identity) -> Document:
        group = self._created(name, caller)
        if not _has_online(group):
            raise invalid(f"Validation Error: {group['FeatureGroupName']} has no OnlineStore.")
        return group

    def _created(self, name: str, caller: Identity) -> Document:
        group = self._groups.existing(name, caller)
        if group["FeatureGroupStatus"] != "Created":
            raise not_found(f"FeatureGroup {group['FeatureGroupName']} is {group['FeatureGroupStatus']}.")
        return group


def _has_online(group: Document) -> bool:
    return bool(group.get("OnlineStoreConfig", {}).get("EnableOnlineStore"))


def _expiration(request: Document) -> Document:
    return {key: value for key, value in request.items() if key == "ExpirationTimeResponse"}


def _record(group: Document, stored: Stored | None, request: Document, names: list[str] | None) -> Document:
    known = types(group)
    if unknown := [name for name in names or () if name not in known]:
        raise invalid(f"Validation Error: FeatureNames {unknown} do not exist in {group['FeatureGroupName']}.")
    if stored is None or stored.features is None:
        return {}
    features = stored.features
    wanted = [name for name in names or known if name in features]
    answer: Document = {"Record": [{"FeatureName": name, "ValueAsString": features[name]} for name in wanted]}
    if request.get("ExpirationTimeResponse") == "Enabled" and stored.expires is not None:
        expires = datetime.fromtimestamp(stored.expires, UTC)
        answer["ExpiresAt"] = expires.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return answer
