"""Which IAM actions it takes to make, read, change and delete a resource, from the operations that its type names.

Most operations are authorised by an action of the same name. The exceptions, by service:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html and
https://docs.aws.amazon.com/cost-management/latest/userguide/billing-permissions-ref.html (budgets).
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.provider.calls import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlstack_localcloud.provider.model import ResourceType

__all__ = ["action_of", "actions_of", "operations_of"]

_S3 = {
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListObjectVersions": "ListBucketVersions",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
_BUDGETS = {
    **dict.fromkeys(("CreateBudget", "CreateNotification", "DeleteBudget", "DeleteNotification"), "ModifyBudget"),
    **dict.fromkeys(("CreateSubscriber", "DeleteSubscriber", "UpdateBudget", "UpdateNotification"), "ModifyBudget"),
    **dict.fromkeys(
        ("DescribeBudget", "DescribeNotificationsForBudget", "DescribeSubscribersForNotification"), "ViewBudget"
    ),
}
_RENAMED: Mapping[str, Mapping[str, str]] = {"s3": _S3, "budgets": _BUDGETS}


def operations_of(type_: ResourceType) -> frozenset[str]:
    """The API operations of a type, whatever makes them necessary: creation, reading, change, deletion, tags, waiting.

    Args:
        type_: The type.
    """
    return frozenset(call.operation for call in _calls(type_))


def actions_of(type_: ResourceType) -> frozenset[str]:
    """The IAM actions of a type, such as `s3:CreateBucket`.

    Args:
        type_: The type.
    """
    return frozenset(action_of(type_.service, operation) for operation in operations_of(type_))


def action_of(service: str, operation: str) -> str:
    """The IAM action that authorises an operation.

    Args:
        service: botocore's name of the service.
        operation: The operation, such as `HeadBucket`.
    """
    return f"{service}:{_RENAMED.get(service, {}).get(operation, operation)}"


def _calls(value: Any) -> Iterator[Call]:
    if isinstance(value, Call):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _calls(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _calls(getattr(value, each.name))
