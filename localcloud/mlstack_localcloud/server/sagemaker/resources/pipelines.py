"""Pipelines: definitions that runs are started from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.authorization.sources import role_of_session
from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import conflict, not_found, validation_error
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.pipelines import records
from mlstack_localcloud.server.sagemaker.pipelines.definition import parse
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.PIPELINE

_LISTING = Listing(
    result="PipelineSummaries",
    name="PipelineName",
    members=(
        "PipelineArn",
        "PipelineName",
        "PipelineDisplayName",
        "PipelineDescription",
        "RoleArn",
        "CreationTime",
        "LastModifiedTime",
        "LastExecutionTime",
    ),
)
_CHANGED = ("PipelineDisplayName", "PipelineDescription", "RoleArn", "ParallelismConfiguration")


class Pipelines:
    """State machine: a pipeline is Active from its creation to its deletion."""

    def __init__(self, store: Store, tags: Tags, objects: Objects) -> None:
        self._store = store
        self._tags = tags
        self._objects = objects

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreatePipeline": self.create,
            "DescribePipeline": self.describe,
            "UpdatePipeline": self.update,
            "ListPipelines": self.list_page,
            "DeletePipeline": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a pipeline of a definition that can be run."""
        name = request["PipelineName"]
        arn = arns.arn(caller, KIND, name)
        created = now()
        identity = {"IamIdentity": {"Arn": caller.arn, "PrincipalId": caller.account}}
        pipeline = {
            "PipelineDisplayName": name,
            **{key: value for key, value in request.items() if key not in {"Tags", "PipelineDefinitionS3Location"}},
            "PipelineDefinition": self._definition(request, caller),
            "PipelineArn": arn,
            "PipelineStatus": "Active",
            "CreationTime": created,
            "LastModifiedTime": created,
            "CreatedBy": identity,
            "LastModifiedBy": identity,
        }
        if not self._store.insert(KIND, caller.region, name, pipeline):
            existing = self.existing(name, caller)
            # The same request again, after an answer that got lost, is answered as it was.
            if "ClientRequestToken" in request and existing.get("ClientRequestToken") == request["ClientRequestToken"]:
                return {"PipelineArn": arn}
            raise validation_error(f"Pipeline names must be unique within an AWS account and region. {arn} exists.")
        self._tags.attach(arn, request)
        return {"PipelineArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a pipeline."""
        return self.existing(request["PipelineName"], caller)

    def update(self, request: Document, caller: Identity) -> Document:
        """Change a pipeline; runs that go on keep the definition that they started with."""
        pipeline = self.existing(request["PipelineName"], caller)
        changes = {key: request[key] for key in _CHANGED if key in request}
        if "PipelineDefinition" in request or "PipelineDefinitionS3Location" in request:
            changes["PipelineDefinition"] = self._definition(request, caller)
        changes["LastModifiedBy"] = {"IamIdentity": {"Arn": caller.arn, "PrincipalId": caller.account}}
        self._store.update(KIND, caller.region, pipeline["PipelineName"], lambda document: document.update(changes))
        return {"PipelineArn": pipeline["PipelineArn"]}

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List pipelines."""
        prefix = request.get("PipelineNamePrefix", "")
        return _LISTING.answer(request, self._store.documents(KIND, caller.region, prefix))

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a pipeline that has no run going on, with the records of its runs."""
        pipeline = self.existing(request["PipelineName"], caller)
        name, arn = pipeline["PipelineName"], pipeline["PipelineArn"]
        runs = self._store.documents(records.KIND, caller.region, f"{name}/execution/")
        if any(run["PipelineExecutionStatus"] not in records.ENDED for run in runs):
            raise conflict(f"Pipeline {arn} cannot be deleted because it has executions in progress.")
        self._store.delete(KIND, caller.region, name)
        self._tags.detach(arn)
        for run in runs:
            self._store.delete(records.KIND, caller.region, f"{name}/execution/{run['_facts']['PipelineExecutionId']}")
        return {"PipelineArn": arn}

    def existing(self, name_or_arn: str, caller: Identity) -> Document:
        """Return a pipeline by name or ARN.

        Raises:
            ServiceError: There is none of that name.
        """
        name = arns.name_of(name_or_arn, KIND)
        pipeline = self._store.get(KIND, caller.region, name)
        if pipeline is None:
            arn = name if name.startswith("arn:") else arns.arn(caller, KIND, name)
            raise not_found(f"Pipeline '{arn}' does not exist.")
        return pipeline

    def _definition(self, request: Document, caller: Identity) -> str:
        text, place = request.get("PipelineDefinition"), request.get("PipelineDefinitionS3Location")
        if (text is None) == (place is None):
            raise validation_error("Provide either PipelineDefinition or PipelineDefinitionS3Location, and not both.")
        if place is not None:
            uri = f"s3://{place['Bucket']}/{place['ObjectKey']}"
            try:
                own = self._objects.under(role_of_session(caller.arn))
                text = own.read(uri, caller.region).decode("utf-8", "replace")
            except TransferError as error:
                raise validation_error(f"The pipeline definition cannot be read: {error}") from error
        parse(str(text))
        return str(text)
