"""Model packages: the versions of a model, their approval and their life cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.authorization.sources import account_of, role_of_session
from mlstack_localcloud.server.sagemaker import arns, state_events
from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.execution.objects import DeniedError
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.resources import model_cards
from mlstack_localcloud.server.sagemaker.service_model import answer
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.ports import Document, ForeignPackages, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.model_package_groups import ModelPackageGroups
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.state_events import StateEvents
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.MODEL_PACKAGE

_LISTING = Listing(
    result="ModelPackageSummaryList",
    name="ModelPackageArn",
    members=(
        "ModelPackageName",
        "ModelPackageGroupName",
        "ModelPackageVersion",
        "ModelPackageArn",
        "ModelPackageDescription",
        "CreationTime",
        "ModelPackageStatus",
        "ModelApprovalStatus",
        "ModelLifeCycle",
        "ModelPackageRegistrationType",
    ),
    descending=False,
)
_NOT_COPIED = {"Tags", "ClientToken", "ModelPackageGroupName", "ModelPackageName"}
_REPLACED = (
    "ModelApprovalStatus",
    "ModelPackageRegistrationType",
    "ApprovalDescription",
    "InferenceSpecification",
    "SourceUri",
    "ModelLifeCycle",
)
_MOST_METADATA = 50


class ModelPackages:
    """State machine: a package is Completed when it is made; its approval goes between the three statuses freely."""

    def __init__(
        self,
        store: Store,
        tags: Tags,
        groups: ModelPackageGroups,
        objects: Objects,
        events: StateEvents,
        *,
        foreign: ForeignPackages,
    ) -> None:
        self._foreign = foreign
        self._store = store
        self._tags = tags
        self._groups = groups
        self._objects = objects
        self._events = events

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateModelPackage": self.create,
            "DescribeModelPackage": self.describe,
            "UpdateModelPackage": self.update,
            "ListModelPackages": self.list_page,
            "DeleteModelPackage": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Register a version in a group, or a package without versions under a name of its own."""
        # Before a version number is taken.
        self._check_model_data(request, caller)
        card = {"ModelCard": model_cards.checked(request["ModelCard"])} if "ModelCard" in request else {}
        identity = self._identity(request, caller)
        name = identity.pop("_name")
        arn = arns.arn(caller, KIND, name)
        package = {
            **{key: value for key, value in request.items() if key not in _NOT_COPIED},
            **card,
            **identity,
            "ModelPackageArn": arn,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
            "CreationTime": now(),
            "CreatedBy": {"IamIdentity": {"Arn": caller.arn, "PrincipalId": caller.account}},
        }
        package.setdefault("CertifyForMarketplace", False)
        if not self._store.insert(KIND, caller.region, name, package):
            raise validation_error(f"Model Package already exists: {arn}")
        self._tags.attach(arn, request)
        self._changed(package, caller)
        return {"ModelPackageArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a package."""
        return self.existing(request["ModelPackageName"], caller)

    def update(self, request: Document, caller: Identity) -> Document:
        """Approve, reject, move along the life cycle, or change what is noted about a package."""
        package = self.existing(request["ModelPackageArn"], caller)
        name = arns.name_of(package["ModelPackageArn"], KIND)

        def change(document: Document) -> None:
            document.update({key: request[key] for key in _REPLACED if key in request})
            if "ModelCard" in request:
                document["ModelCard"] = model_cards.changed(document.get("ModelCard"), request["ModelCard"])
            metadata = document.get("CustomerMetadataProperties", {}) | request.get("CustomerMetadataProperties", {})
            for key in request.get("CustomerMetadataPropertiesToRemove", []):
                metadata.pop(key, None)
            if len(metadata) > _MOST_METADATA:
                raise validation_error(f"A model package has at most {_MOST_METADATA} customer metadata properties.")
            document["CustomerMetadataProperties"] = metadata
            document["LastModifiedBy"] = {"IamIdentity": {"Arn": caller.arn, "PrincipalId": caller.account}}

        changed = self._store.update(KIND, caller.region, name, change)
        if changed is None:
            raise self._missing(name, caller)
        self._changed(changed, caller)
        return {"ModelPackageArn": package["ModelPackageArn"]}

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List packages: of a group, or by their kind."""
        group = request.get("ModelPackageGroupName")
        if group is not None:
            group = self._groups.existing(group, caller)["ModelPackageGroupName"]
        kind = request.get("ModelPackageType", "Versioned" if group else "Unversioned")
        approval = request.get("ModelApprovalStatus")
        packages = [
            package
            for package in self._store.documents(KIND, caller.region, prefix=f"{group}/" if group else "")
            if kind == "Both" or (kind == "Versioned") == ("ModelPackageVersion" in package)
            if approval is None or package.get("ModelApprovalStatus") == approval
        ]
        return _LISTING.answer(request, packages)

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a package; its version number is not given again."""
        package = self.existing(request["ModelPackageName"], caller)
        self._store.delete(KIND, caller.region, arns.name_of(package["ModelPackageArn"], KIND))
        self._tags.detach(package["ModelPackageArn"])
        return {}

    def served(self, name_or_arn: str, caller: Identity, *, to_make_a_model: bool = False) -> Document:
        """Return the package that a model is made of, which may be another account's.

        Raises:
            ServiceError: There is none of that name, or the caller may not make a model of it.
        """
        if account_of(name_or_arn) in {"", caller.account}:
            return self.existing(name_or_arn, caller)
        return self._foreign(name_or_arn, caller, to_make_a_model=to_make_a_model)

    def existing(self, name_or_arn: str, caller: Identity) -> Document:
        """Return a package by name or ARN; `group/2` and the ARN both name a version.

        Raises:
            ServiceError: There is none of that name.
        """
        name = arns.name_of(name_or_arn, KIND)
        package = self._store.get(KIND, caller.region, name)
        if package is None:
            raise self._missing(name, caller)
        return package

    def _identity(self, request: Document, caller: Identity) -> Document:
        group, name = request.get("ModelPackageGroupName"), request.get("ModelPackageName")
        if group and name:
            raise validation_error(
                "Both ModelPackageName and ModelPackageGroupName are provided in the input. "
                "Cannot determine which one to use."
            )
        if name:
            return {"_name": name, "ModelPackageName": name}
        if not group:
            raise validation_error("Missing ARN.")
        group = self._groups.existing(group, caller)["ModelPackageGroupName"]
        version = self._store.next_number(KIND, caller.region, group)
        return {
            "_name": f"{group}/{version}",
            "ModelPackageName": group,
            "ModelPackageGroupName": group,
            "ModelPackageVersion": version,
            "ModelApprovalStatus": "PendingManualApproval",
            **({"ModelApprovalStatus": request["ModelApprovalStatus"]} if "ModelApprovalStatus" in request else {}),
        }

    def _check_model_data(self, request: Document, caller: Identity) -> None:
        objects = self._objects.under(role_of_session(caller.arn))
        for container in request.get("InferenceSpecification", {}).get("Containers", []):
            url = container.get("ModelDataUrl")
            try:
                found = not url or objects.exists(url, caller.region)
            except DeniedError as error:
                raise validation_error(f"Could not access model data at {url}. ({error})") from error
            if not found:
                raise validation_error(f"Could not find model data at {url}.")

    def _changed(self, package: Document, caller: Identity) -> None:
        detail = answer("DescribeModelPackage", package)
        self._events.changed(state_events.MODEL_PACKAGE, package["ModelPackageArn"], detail, caller)

    def _missing(self, name: str, caller: Identity) -> Exception:
        arn = name if name.startswith("arn:") else arns.arn(caller, KIND, name)
        return validation_error(f"ModelPackage {arn} does not exist.")
