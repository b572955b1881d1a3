"""Model package groups: where the versions of one model are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import conflict, validation_error
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.MODEL_PACKAGE_GROUP

_LISTING = Listing(
    result="ModelPackageGroupSummaryList",
    name="ModelPackageGroupName",
    members=(
        "ModelPackageGroupName",
        "ModelPackageGroupArn",
        "ModelPackageGroupDescription",
        "CreationTime",
        "ModelPackageGroupStatus",
    ),
    descending=False,
)


class ModelPackageGroups:
    """State machine: a group is Completed as soon as it is made, and cannot be deleted while it holds packages."""

    def __init__(self, store: Store, tags: Tags) -> None:
        self._store = store
        self._tags = tags

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateModelPackageGroup": self.create,
            "DescribeModelPackageGroup": self.describe,
            "ListModelPackageGroups": self.list_page,
            "DeleteModelPackageGroup": self.delete,
            "PutModelPackageGroupPolicy": self.put_policy,
            "GetModelPackageGroupPolicy": self.get_policy,
            "DeleteModelPackageGroupPolicy": self.delete_policy,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a group."""
        name = request["ModelPackageGroupName"]
        arn = arns.arn(caller, KIND, name)
        created = self._store.insert(
            KIND,
            caller.region,
            name,
            {
                **{key: value for key, value in request.items() if key != "Tags"},
                "ModelPackageGroupArn": arn,
                "ModelPackageGroupStatus": "Completed",
                "CreationTime": now(),
                "CreatedBy": {"IamIdentity": {"Arn": caller.arn, "PrincipalId": caller.account}},
            },
        )
        if not created:
            raise validation_error(f"Model Package Group already exists: {arn}")
        self._tags.attach(arn, request)
        return {"ModelPackageGroupArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a group."""
        return self.existing(request["ModelPackageGroupName"], caller)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List groups."""
        return _LISTING.answer(request, self._store.documents(KIND, caller.region))

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete an empty group."""
        group = self.existing(request["ModelPackageGroupName"], caller)
        name = group["ModelPackageGroupName"]
        if self._store.documents(arns.MODEL_PACKAGE, caller.region, prefix=f"{name}/"):
            raise conflict(
                f"Model Package Group {group['ModelPackageGroupArn']} cannot be deleted because it contains model "
                "packages."
            )
        self._store.delete(KIND, caller.region, name)
        self._store.forget_numbers(arns.MODEL_PACKAGE, caller.region, name)
        self._tags.detach(group["ModelPackageGroupArn"])
        return {}

    def put_policy(self, request: Document, caller: Identity) -> Document:
        """Set the group's resource policy."""
        group = self.existing(request["ModelPackageGroupName"], caller)
        policy = request["ResourcePolicy"]
        self._store.update(
            KIND, caller.region, group["ModelPackageGroupName"], lambda document: document.update(_policy=policy)
        )
        return {"ModelPackageGroupArn": group["ModelPackageGroupArn"]}

    def get_policy(self, request: Document, caller: Identity) -> Document:
        """Return the group's resource policy."""
        return {"ResourcePolicy": self._policy(request, caller)["_policy"]}

    def delete_policy(self, request: Document, caller: Identity) -> Document:
        """Remove the group's resource policy."""
        name = self._policy(request, caller)["ModelPackageGroupName"]
        self._store.update(KIND, caller.region, name, lambda document: document.pop("_policy"))
        return {}

    def existing(self, name_or_arn: str, caller: Identity) -> Document:
        """Return a group by name or ARN.

        Raises:
            ServiceError: There is none of that name.
        """
        name = arns.name_of(name_or_arn, KIND)
        group = self._store.get(KIND, caller.region, name)
        if group is None:
            arn = name if name.startswith("arn:") else arns.arn(caller, KIND, name)
            raise validation_error(f"ModelPackageGroup {arn} does not exist.")
        return group

    def policy_of(self, region: str, name: str) -> str | None:
        """Return the resource policy of a group; None where it has none.

        Args:
            region: The group's region.
            name: Its name.
        """
        group = self._store.get(KIND, region, name)
        return None if group is None else group.get("_policy")

    def _policy(self, request: Document, caller: Identity) -> Document:
        group = self.existing(request["ModelPackageGroupName"], caller)
        if "_policy" not in group:
            raise validation_error(f"Cannot find resource policy for: {group['ModelPackageGroupArn']}")
        return group
