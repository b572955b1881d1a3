"""Endpoint configurations: which models an endpoint serves, on how many instances, with which weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.serving import kinds as serving_kinds
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import ENDPOINT_CONFIG, refuse

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.models import Models
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.ENDPOINT_CONFIG

_LISTING = Listing(
    result="EndpointConfigs",
    name="EndpointConfigName",
    members=("EndpointConfigName", "EndpointConfigArn", "CreationTime"),
)


class EndpointConfigs:
    """State machine: a configuration is there, or it is not; it never changes."""

    def __init__(self, store: Store, tags: Tags, models: Models) -> None:
        self._store = store
        self._tags = tags
        self._models = models

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateEndpointConfig": self.create,
            "DescribeEndpointConfig": self.describe,
            "ListEndpointConfigs": self.list_page,
            "DeleteEndpointConfig": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a configuration of models that exist."""
        name = request["EndpointConfigName"]
        arn = arns.arn(caller, KIND, name)
        refuse(request, ENDPOINT_CONFIG)
        variants = [*request["ProductionVariants"], *request.get("ShadowProductionVariants", [])]
        names = [variant["VariantName"] for variant in variants]
        if len(set(names)) < len(names):
            raise validation_error("Variant names of an endpoint configuration must be unique.")
        for variant in variants:
            self._check_variant(variant, caller)
        models = [self._models.existing(each["ModelName"], caller) for each in request["ProductionVariants"]]
        serving_kinds.check(request, models)
        config = {
            **{key: value for key, value in request.items() if key != "Tags"},
            "EndpointConfigArn": arn,
            "CreationTime": now(),
        }
        if not self._store.insert(KIND, caller.region, name, config):
            raise validation_error(f'Cannot create already existing endpoint configuration "{arn}".')
        self._tags.attach(arn, request)
        return {"EndpointConfigArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a configuration."""
        return self.existing(request["EndpointConfigName"], caller)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List configurations."""
        return _LISTING.answer(request, self._store.documents(KIND, caller.region))

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a configuration; an endpoint that was made from it goes on."""
        config = self.existing(request["EndpointConfigName"], caller)
        self._store.delete(KIND, caller.region, config["EndpointConfigName"])
        self._tags.detach(config["EndpointConfigArn"])
        return {}

    def existing(self, name: str, caller: Identity) -> Document:
        """Return a configuration by name.

        Raises:
            ServiceError: There is none of that name.
        """
        config = self._store.get(KIND, caller.region, name)
        if config is None:
            raise validation_error(f'Could not find endpoint configuration "{arns.arn(caller, KIND, name)}".')
        return config

    def _check_variant(self, variant: Document, caller: Identity) -> None:
        name = variant["VariantName"]
        if "ModelName" not in variant:
            raise validation_error(f"Production variant {name} has no ModelName.")
        self._models.existing(variant["ModelName"], caller)
        if "ServerlessConfig" not in variant and "InstanceType" not in variant:
            raise validation_error(f"Production variant {name} has neither InstanceType nor ServerlessConfig.")
        variant.setdefault("InitialVariantWeight", 1.0)
        if "ServerlessConfig" not in variant:
            variant.setdefault("InitialInstanceCount", 1)
