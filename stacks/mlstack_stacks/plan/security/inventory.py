"""What a plan registers, as rules ask for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from mlstack_stacks.plan.resources import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.resources import PlannedResource

Broken: TypeAlias = "Iterator[tuple[PlannedResource, str]]"
"""Resources that do not meet a rule, and what is wrong with each."""


@dataclass(frozen=True)
class Inventory:
    """Resources in the order of their registration.

    Attributes:
        resources: All of them.
    """

    resources: tuple[PlannedResource, ...]

    def of(self, *types: str) -> Iterator[PlannedResource]:
        """The resources of some types.

        Args:
            types: Tokens such as `aws:s3/bucket:Bucket`.
        """
        return (each for each in self.resources if each.type in types)

    def beside(self, resource: PlannedResource, type_: str) -> PlannedResource | None:
        """The part of a resource that is registered as a resource of its own.

        They are told by parent and name: which bucket a part belongs to is known only when the bucket is there.

        Args:
            resource: The resource.
            type_: The part's type.
        """
        names = {resource.name, resource.properties.get("bucket")} - {None}
        for each in self.of(type_):
            near = each.parent in {resource.urn, resource.parent} and each.name.startswith(f"{resource.name}-")
            if near or each.properties.get("bucket") in names:
                return each
        return None


def statements(document: Any) -> list[dict[str, Any]]:
    """The statements of a policy; none where the document is not known yet.

    Args:
        document: The property.
    """
    try:
        found = json.loads(document)["Statement"]
    except (TypeError, ValueError, KeyError):
        return []
    return found if isinstance(found, list) else [found]


def inside(value: Any, *keys: str) -> Any:
    """What stands inside a property; what is not known stays so, and counts as given.

    Args:
        value: The property's value, or all properties.
        keys: The way to it.
    """
    for key in keys:
        value = value if value == UNKNOWN else (value or {}).get(key)
    return value


def receives_logs(bucket: PlannedResource) -> bool:
    """Whether a bucket is there for access logs: S3 delivers to no bucket with a KMS key, and logs of logs never end.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html

    Args:
        bucket: The bucket.
    """
    return bucket.name.endswith(("-logs", "-logs-copy"))


def listed(value: Any) -> list[Any]:
    """A value as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]
