"""Job definitions of one kind: what a monitoring schedule's jobs are to do. They never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import in_use, not_found
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import MONITORED_ENDPOINT, refuse, unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.job_definition_kinds import DefinitionKind
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.store import Store

_LISTING = Listing(
    result="JobDefinitionSummaries",
    name="MonitoringJobDefinitionName",
    members=("MonitoringJobDefinitionName", "MonitoringJobDefinitionArn", "CreationTime", "EndpointName"),
)


class JobDefinitions:
    """The job definitions of one kind, of all regions.

    Args:
        store: The tables.
        tags: The tags.
        kind: Which kind.
    """

    def __init__(self, store: Store, tags: Tags, kind: DefinitionKind) -> None:
        self._store = store
        self._tags = tags
        self._kind = kind

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            f"Create{self._kind.operation}": self.create,
            f"Describe{self._kind.operation}": self.describe,
            f"List{self._kind.operation}s": self.list_page,
            f"Delete{self._kind.operation}": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a definition."""
        name = request["JobDefinitionName"]
        given = self._kind.part(request, "JobInput")
        if "EndpointInput" not in given:
            raise unsupported("monitors of batch transforms; give an EndpointInput")
        refuse(given["EndpointInput"], MONITORED_ENDPOINT)
        if self._kind.part(request, "AppSpecification").get("PostAnalyticsProcessorSourceUri"):
            raise unsupported("PostAnalyticsProcessorSourceUri")
        arn = arns.arn(caller, self._kind.resource_type, name)
        definition: Document = {
            **{key: value for key, value in request.items() if key != "Tags"},
            "JobDefinitionArn": arn,
            "CreationTime": now(),
        }
        if not self._store.insert(self._kind.resource_type, caller.region, name, definition):
            raise in_use(f"Job definition with name {name} already exists ({arn}).")
        self._tags.attach(arn, request)
        return {"JobDefinitionArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a definition."""
        return self.existing(request["JobDefinitionName"], caller.region)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List definitions."""
        found = [self._summary(each) for each in self._store.documents(self._kind.resource_type, caller.region)]
        wanted = request.get("EndpointName")
        return _LISTING.answer(request, [each for each in found if wanted in {None, each["EndpointName"]}])

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a definition."""
        definition = self.existing(request["JobDefinitionName"], caller.region)
        self._store.delete(self._kind.resource_type, caller.region, definition["JobDefinitionName"])
        self._tags.detach(definition["JobDefinitionArn"])
        return {}

    def existing(self, name: str, region: str) -> Document:
        """Return a definition.

        Raises:
            ServiceError: ResourceNotFound.
        """
        definition = self._store.get(self._kind.resource_type, region, name)
        if definition is None:
            raise not_found(f"Could not find {self._kind.operation} with name {name}.")
        return definition

    def _summary(self, definition: Document) -> Document:
        return {
            "MonitoringJobDefinitionName": definition["JobDefinitionName"],
            "MonitoringJobDefinitionArn": definition["JobDefinitionArn"],
            "CreationTime": definition["CreationTime"],
            "EndpointName": self._kind.endpoint_of(definition),
        }
