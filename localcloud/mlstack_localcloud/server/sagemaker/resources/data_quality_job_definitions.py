"""Data quality job definitions: what a monitoring schedule's jobs are to do. They never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import in_use, not_found
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import MONITORED_ENDPOINT, refuse, unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.DATA_QUALITY_JOB_DEFINITION
MONITORING_TYPE = "DataQuality"

_LISTING = Listing(
    result="JobDefinitionSummaries",
    name="MonitoringJobDefinitionName",
    members=("MonitoringJobDefinitionName", "MonitoringJobDefinitionArn", "CreationTime", "EndpointName"),
)


class DataQualityJobDefinitions:
    """The data quality job definitions of all regions."""

    def __init__(self, store: Store, tags: Tags) -> None:
        self._store = store
        self._tags = tags

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateDataQualityJobDefinition": self.create,
            "DescribeDataQualityJobDefinition": self.describe,
            "ListDataQualityJobDefinitions": self.list_page,
            "DeleteDataQualityJobDefinition": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a definition."""
        name = request["JobDefinitionName"]
        if "EndpointInput" not in request["DataQualityJobInput"]:
            raise unsupported("monitors of batch transforms; give an EndpointInput")
        refuse(request["DataQualityJobInput"]["EndpointInput"], MONITORED_ENDPOINT)
        if request["DataQualityAppSpecification"].get("PostAnalyticsProcessorSourceUri"):
            raise unsupported("PostAnalyticsProcessorSourceUri")
        arn = arns.arn(caller, KIND, name)
        definition: Document = {
            **{key: value for key, value in request.items() if key != "Tags"},
            "JobDefinitionArn": arn,
            "CreationTime": now(),
        }
        if not self._store.insert(KIND, caller.region, name, definition):
            raise in_use(f"Job definition with name {name} already exists ({arn}).")
        self._tags.attach(arn, request)
        return {"JobDefinitionArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a definition."""
        return self.existing(request["JobDefinitionName"], caller.region)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List definitions."""
        found = [_summary(each) for each in self._store.documents(KIND, caller.region)]
        wanted = request.get("EndpointName")
        return _LISTING.answer(request, [each for each in found if wanted in {None, each["EndpointName"]}])

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a definition."""
        definition = self.existing(request["JobDefinitionName"], caller.region)
        self._store.delete(KIND, caller.region, definition["JobDefinitionName"])
        self._tags.detach(definition["JobDefinitionArn"])
        return {}

    def existing(self, name: str, region: str) -> Document:
        """Return a definition.

        Raises:
            ServiceError: ResourceNotFound.
        """
        definition = self._store.get(KIND, region, name)
        if definition is None:
            raise not_found(f"Could not find DataQualityJobDefinition with name {name}.")
        return definition


def endpoint_of(definition: Document) -> str:
    """Return the name of the endpoint that a definition is about."""
    return str(definition["DataQualityJobInput"]["EndpointInput"]["EndpointName"])


def _summary(definition: Document) -> Document:
    return {
        "MonitoringJobDefinitionName": definition["JobDefinitionName"],
        "MonitoringJobDefinitionArn": definition["JobDefinitionArn"],
        "CreationTime": definition["CreationTime"],
        "EndpointName": endpoint_of(definition),
    }
