"""Tags of every resource: AddTags, ListTags, DeleteTags, and the tags that Create operations bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import ServiceError, not_found, validation_error

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.store import Store

_MOST_TAGS = 50  # Tag quota of a resource, AWS general reference.


class Tags:
    """The tags of all resources."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {"AddTags": self.add, "ListTags": self.list_page, "DeleteTags": self.delete}

    def add(self, request: Document, _caller: Identity) -> Document:
        """Add tags or change their values."""
        arn = self._existing(request["ResourceArn"])
        self._store_all(arn, request["Tags"])
        return {"Tags": as_list(self._store.tags(arn))}

    def list_page(self, request: Document, _caller: Identity) -> Document:
        """List all tags of a resource; there are at most fifty, so one page holds them."""
        return {"Tags": as_list(self._store.tags(self._existing(request["ResourceArn"])))}

    def delete(self, request: Document, _caller: Identity) -> Document:
        """Remove tags by their keys."""
        self._store.remove_tags(self._existing(request["ResourceArn"]), request["TagKeys"])
        return {}

    def attach(self, arn: str, request: Document) -> None:
        """Store the tags of a Create request."""
        self._store_all(arn, request.get("Tags", []))

    def detach(self, arn: str) -> None:
        """Forget the tags of a resource that was deleted."""
        self._store.remove_tags(arn)

    def _store_all(self, arn: str, tags: list[dict[str, str]]) -> None:
        merged = self._store.tags(arn) | {tag["Key"]: tag["Value"] for tag in tags}
        if len(merged) > _MOST_TAGS:
            raise ServiceError("ResourceLimitExceeded", f"A resource has at most {_MOST_TAGS} tags.")
        reserved = next((key for key in merged if key.lower().startswith("aws:")), None)
        if reserved is not None:
            raise validation_error(f"Tag keys that start with 'aws:' are reserved: {reserved}")
        self._store.set_tags(arn, merged)

    def _existing(self, arn: str) -> str:
        kind = arns.resource_type_of(arn)
        name = arns.name_of(arn, kind)
        if kind == arns.PIPELINE and "/execution/" in name:
            kind = "pipeline-execution"
        if self._store.get(kind, arns.region_of(arn), name) is None:
            raise not_found(f"Could not find resource {arn}")
        return arn


def as_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return tags as the API writes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
