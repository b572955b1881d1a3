"""Models: what an endpoint serves - artifacts, an image and the environment of the serving code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns, state_events
from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.execution.objects import DeniedError
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.service_model import answer
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.model_packages import ModelPackages
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.state_events import StateEvents
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.MODEL

_LISTING = Listing(result="Models", name="ModelName", members=("ModelName", "ModelArn", "CreationTime"))


class Models:
    """State machine: a model is there, or it is not."""

    def __init__(
        self, store: Store, tags: Tags, packages: ModelPackages, objects: Objects, events: StateEvents
    ) -> None:
        self._store = store
        self._tags = tags
        self._packages = packages
        self._objects = objects
        self._events = events

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateModel": self.create,
            "DescribeModel": self.describe,
            "ListModels": self.list_page,
            "DeleteModel": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a model after looking at its data and its packages."""
        name = request["ModelName"]
        arn = arns.arn(caller, KIND, name)
        containers = self._containers(request)
        if "ExecutionRoleArn" not in request:
            raise validation_error("ExecutionRoleArn is required.")
        for container in containers:
            self._check_container(container, request["ExecutionRoleArn"], caller)
            if container.setdefault("Mode", "SingleModel") != "SingleModel":
                raise unsupported("containers of several models")
        model = {
            **{key: value for key, value in request.items() if key != "Tags"},
            "ModelArn": arn,
            "CreationTime": now(),
        }
        model.setdefault("EnableNetworkIsolation", False)
        if not self._store.insert(KIND, caller.region, name, model):
            raise validation_error(f'Cannot create already existing model "{arn}".')
        self._tags.attach(arn, request)
        self._changed(model, caller)
        return {"ModelArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a model."""
        return self.existing(request["ModelName"], caller)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List models."""
        return _LISTING.answer(request, self._store.documents(KIND, caller.region))

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a model; an endpoint that serves it goes on."""
        model = self.existing(request["ModelName"], caller)
        self._store.delete(KIND, caller.region, model["ModelName"])
        self._changed(model, caller)
        self._tags.detach(model["ModelArn"])
        return {}

    def existing(self, name: str, caller: Identity) -> Document:
        """Return a model by name.

        Raises:
            ServiceError: There is none of that name.
        """
        model = self._store.get(KIND, caller.region, name)
        if model is None:
            raise validation_error(f'Could not find model "{arns.arn(caller, KIND, name)}".')
        return model

    def served_container(self, name: str, caller: Identity) -> Document:
        """Return the container that serves a model, with what its model package says filled in.

        Raises:
            ServiceError: The model or its package is not there, or it is a pipeline of containers.
        """
        model = self.existing(name, caller)
        containers = self._containers(model)
        if len(containers) > 1:
            raise validation_error(
                f"Model {name} has {len(containers)} containers; the local cloud serves models of one container."
            )
        container = containers[0]
        package_name = container.get("ModelPackageName")
        if package_name is not None:
            package = self._packages.served(package_name, caller)
            packaged = package["InferenceSpecification"]["Containers"][0]
            environment = packaged.get("Environment", {}) | container.get("Environment", {})
            container = {**packaged, **container, "Environment": environment}
        isolated = bool(model.get("EnableNetworkIsolation"))
        return {**container, "_isolated": isolated, "_role": model["ExecutionRoleArn"]}

    def _containers(self, model: Document) -> list[Document]:
        primary, several = model.get("PrimaryContainer"), model.get("Containers")
        if (primary is None) == (not several):
            raise validation_error("Provide either PrimaryContainer or Containers, and not both.")
        return [primary] if primary is not None else list(several or [])

    def _check_container(self, container: Document, role_arn: str, caller: Identity) -> None:
        package_name = container.get("ModelPackageName")
        if package_name is not None:
            package = self._packages.served(package_name, caller, to_make_a_model=True)
            if package.get("ModelApprovalStatus", "Approved") != "Approved":
                raise validation_error(
                    f"Model package {package['ModelPackageArn']} is not approved; its approval status is "
                    f"{package['ModelApprovalStatus']}."
                )
            return
        if "Image" not in container:
            raise validation_error("A container needs either Image or ModelPackageName.")
        url = container.get("ModelDataUrl")
        try:
            found = url is None or self._objects.under(role_arn).exists(url, caller.region)
        except DeniedError as error:
            raise validation_error(
                f'Could not access model data at {url}. Please ensure that the role "{role_arn}" exists and that its '
                'trust relationship policy allows the action "sts:AssumeRole" for the service principal '
                '"sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the '
                f"object is located in {caller.region}. ({error})"
            ) from error
        if not found:
            raise validation_error(f"Could not find model data at {url}.")

    def _changed(self, model: Document, caller: Identity) -> None:
        detail = answer("DescribeModel", model)
        self._events.changed(state_events.MODEL, model["ModelArn"], detail, caller)
