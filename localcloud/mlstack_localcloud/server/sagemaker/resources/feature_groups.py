"""Feature groups: what records hold, and where they are kept.

```
Creating -> Created
Created -> Deleting -> gone      (what the offline store has yet to write is written first)
```
After a restart of the daemon, what was being made or deleted is taken up again. Objects of the offline store stay.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import ServiceError, in_use, not_found, validation_error
from mlstack_localcloud.server.sagemaker.features.offline import OfflineStore, output_uri
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.ports import Origin
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import FEATURE_DEFINITION, OFFLINE_STORE, refuse, unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs, Signals
    from mlstack_localcloud.server.sagemaker.features.records import Records
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.FEATURE_GROUP

RESERVED = frozenset({"is_deleted", "write_time", "api_invocation_time"})
"""What the offline store adds to each record (API reference, FeatureDefinition)."""

_MOST_FEATURES = 2500  # API reference, CreateFeatureGroup.
_EVENT_TIME_TYPES = ("String", "Fractional")  # API reference, CreateFeatureGroup: EventTimeFeatureName.

_LISTING = Listing(
    result="FeatureGroupSummaries",
    name="FeatureGroupName",
    members=("FeatureGroupName", "FeatureGroupArn", "CreationTime", "FeatureGroupStatus", "OfflineStoreStatus"),
    descending=False,
)


class FeatureGroups:
    """The feature groups of all regions.

    Args:
        store: The tables.
        tags: The tags.
        objects: Tells whether the offline store's bucket is there.
        records: The records.
        offline: Writes them to the offline store.
        running: Where creations and deletions run.
    """

    def __init__(
        self,
        *,
        store: Store,
        tags: Tags,
        objects: Objects,
        records: Records,
        offline: OfflineStore,
        running: RunningJobs,
    ) -> None:
        self._store = store
        self._tags = tags
        self._objects = objects
        self._records = records
        self._offline = offline
        self._running = running

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateFeatureGroup": self.create,
            "DescribeFeatureGroup": self.describe,
            "ListFeatureGroups": self.list_page,
            "UpdateFeatureGroup": self.update,
            "DeleteFeatureGroup": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a group; records may be put once it is Created."""
        name = request["FeatureGroupName"]
        arn = arns.arn(caller, KIND, name)
        _check_definitions(request)
        created = now()
        group: Document = {
            **{key: value for key, value in request.items() if key != "Tags"},
            "FeatureGroupArn": arn,
            "FeatureGroupStatus": "Creating",
            "CreationTime": created,
            "OfflineStoreStatus": {"Status": "Disabled"},
            **self._stores(request, caller, created),
        }
        group.setdefault("ThroughputConfig", {"ThroughputMode": "OnDemand"})
        if not self._store.insert(KIND, caller.region, name, group):
            raise in_use(f"Resource Already Exists: FeatureGroup with name {name} already exists. Choose another name.")
        self._tags.attach(arn, request)
        self._start(arn, partial(self._bring_up, Origin.of(caller), name))
        return {"FeatureGroupArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a group, all features on one page."""
        return self.existing(request["FeatureGroupName"], caller)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List groups."""
        groups = [
            group
            for group in self._store.documents(KIND, caller.region)
            if _is(request, "FeatureGroupStatusEquals", group["FeatureGroupStatus"])
            and _is(request, "OfflineStoreStatusEquals", group["OfflineStoreStatus"]["Status"])
        ]
        return _LISTING.answer(request, groups)

    def update(self, request: Document, caller: Identity) -> Document:
        """Add features, or change for how long records stay in the online store."""
        group = self.existing(request["FeatureGroupName"], caller)

        def change(document: Document) -> None:
            if document["FeatureGroupStatus"] != "Created":
                raise _busy(document)
            document["FeatureDefinitions"] = document["FeatureDefinitions"] + request.get("FeatureAdditions", [])
            _check_definitions(document)
            _update_online(document, request)
            document["ThroughputConfig"] = request.get("ThroughputConfig", document["ThroughputConfig"])
            document["LastUpdateStatus"] = {"Status": "Successful"}

        self._store.update(KIND, caller.region, group["FeatureGroupName"], change)
        return {"FeatureGroupArn": group["FeatureGroupArn"]}

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a group and its online store."""
        group = self.existing(request["FeatureGroupName"], caller)

        def change(document: Document) -> None:
            if document["FeatureGroupStatus"] not in {"Created", "CreateFailed", "DeleteFailed"}:
                raise _busy(document)
            document["FeatureGroupStatus"] = "Deleting"

        self._store.update(KIND, caller.region, group["FeatureGroupName"], change)
        self._start(group["FeatureGroupArn"], partial(self._take_down, group, caller.region))
        return {}

    def existing(self, name_or_arn: str, caller: Identity) -> Document:
        """Return a group by name or ARN.

        Raises:
            ServiceError: ResourceNotFound.
        """
        name = arns.name_of(name_or_arn, KIND)
        group = self._store.get(KIND, caller.region, name)
        if group is None:
            raise not_found(f"Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name {name}.")
        return group

    def resume(self, account: str) -> None:
        """Take up every group where the daemon left it."""
        for region, group in self._store.everywhere(KIND):
            arn, status = group["FeatureGroupArn"], group["FeatureGroupStatus"]
            if status == "Creating":
                origin = Origin(account, region, f"arn:aws:iam::{account}:root")
                self._start(arn, partial(self._bring_up, origin, group["FeatureGroupName"]))
            elif status == "Deleting":
                self._start(arn, partial(self._take_down, group, region))
        self._offline.start()

    def _stores(self, request: Document, caller: Identity, created: float) -> Document:
        online = request.get("OnlineStoreConfig", {})
        if online.get("StorageType") == "InMemory":
            raise unsupported("the StorageType InMemory")
        offline = request.get("OfflineStoreConfig")
        if not online.get("EnableOnlineStore") and offline is None:
            raise validation_error(
                "Validation Error: At least one of OnlineStoreConfig and OfflineStoreConfig is needed."
            )
        stores: Document = {}
        if online:
            stores["OnlineStoreConfig"] = {"StorageType": "Standard", **online}
        if offline is not None:
            stores |= self._offline_store(request, offline, caller, created)
        return stores

    def _offline_store(self, request: Document, offline: Document, caller: Identity, created: float) -> Document:
        refuse(offline, OFFLINE_STORE)
        if not offline.get("DisableGlueTableCreation"):
            raise unsupported("Glue tables; set DisableGlueTableCreation to true")
        if offline.get("TableFormat") == "Iceberg":
            raise unsupported("the TableFormat Iceberg")
        if "RoleArn" not in request:
            raise validation_error("Validation Error: An offline store needs a RoleArn.")
        storage = offline["S3StorageConfig"]
        if not self._objects.has_bucket(storage["S3Uri"], caller.region):
            raise validation_error(f"Invalid S3Uri provided: {storage['S3Uri']}")
        resolved = output_uri(storage["S3Uri"], caller, request["FeatureGroupName"], created)
        config = {"TableFormat": "Glue", **offline, "S3StorageConfig": {**storage, "ResolvedOutputS3Uri": resolved}}
        return {"OfflineStoreConfig": config, "OfflineStoreStatus": {"Status": "Active"}}

    def _bring_up(self, caller: Origin, name: str) -> None:
        def change(document: Document) -> None:
            document["FeatureGroupStatus"] = "Created"

        self._store.update(KIND, caller.region, name, change)

    def _take_down(self, group: Document, region: str) -> None:
        arn = group["FeatureGroupArn"]
        self._offline.write_out(arn)
        self._records.forget(arn)
        self._store.delete(KIND, region, group["FeatureGroupName"])
        self._tags.detach(arn)

    def _start(self, arn: str, work: Callable[[], None]) -> None:
        def run(_signals: Signals) -> None:
            work()

        self._running.start(arn, run)


def _is(request: Document, member: str, value: str) -> bool:
    return bool(request.get(member, value) == value)


def _busy(group: Document) -> ServiceError:
    name, status = group["FeatureGroupName"], group["FeatureGroupStatus"]
    return in_use(f"Resource In Use: FeatureGroup {name} is {status}.")


def _check_definitions(group: Document) -> None:
    definitions = group["FeatureDefinitions"]
    types = {each["FeatureName"]: each["FeatureType"] for each in definitions}
    for each in definitions:
        refuse(each, FEATURE_DEFINITION)
    if len(types) < len(definitions):
        raise validation_error(
            "Validation Error: The same FeatureName stands more than once in the FeatureDefinitions."
        )
    if len(types) > _MOST_FEATURES:
        raise ServiceError("ResourceLimitExceeded", f"A feature group has at most {_MOST_FEATURES} features.")
    if reserved := RESERVED & types.keys():
        raise validation_error(f"Validation Error: These feature names are reserved: {', '.join(sorted(reserved))}.")
    for member in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if group[member] not in types:
            raise validation_error(f"Validation Error: {member} {group[member]} is not in the FeatureDefinitions.")
    if types[group["EventTimeFeatureName"]] not in _EVENT_TIME_TYPES:
        raise validation_error("Validation Error: The type of the EventTime feature must be String or Fractional.")


def _update_online(group: Document, request: Document) -> None:
    update = request.get("OnlineStoreConfig", {})
    if update.get("StorageType") == "InMemory":
        raise unsupported("the StorageType InMemory")
    if not update:
        return
    online = group.get("OnlineStoreConfig", {})
    if not online.get("EnableOnlineStore"):
        raise validation_error("Validation Error: The feature group has no online store.")
    group["OnlineStoreConfig"] = {**online, **update}
