"""Which requests change what the common services hold, and which services' states they reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services import SERVICES

if TYPE_CHECKING:
    from ..wire import WireRequest

_READS = (
    "BatchGet",
    "Check",
    "Decrypt",
    "Describe",
    "Encrypt",
    "Filter",
    "GenerateDataKey",
    "GenerateMac",
    "GenerateRandom",
    "Get",
    "List",
    "Lookup",
    "ReEncrypt",
    "Search",
    "Sign",
    "Simulate",
    "Test",
    "Validate",
    "Verify",
)
"""How the names of operations begin that change nothing; an operation that is not known here counts as a change."""

_REACHES = {
    "application-autoscaling": ("monitoring",),
    "events": ("logs", "sqs"),
    "s3": ("events", "sns", "sqs"),
    "sns": ("sqs",),
    "tagging": tuple(SERVICES),
}
"""Which other services a change in one of them changes beside: notifications, deliveries, tags."""


def is_read(request: WireRequest, service: str) -> bool:
    """Tell whether a request changes nothing that is to be kept.

    Args:
        request: The request.
        service: The signing name of its service.
    """
    if request.action:
        return request.action.startswith(_READS)
    if service == "s3":
        return request.method in ("GET", "HEAD", "OPTIONS")
    return request.method in ("GET", "HEAD")


def reached(service: str) -> tuple[str, ...]:
    """Return the services whose states a change in a service may change.

    Args:
        service: The signing name of the service that was asked.
    """
    # Several services make their own AWS-managed key in KMS when they first encrypt.
    return service, "kms", *_REACHES.get(service, ())


def cannot_be_replayed(request: WireRequest, service: str) -> bool:
    """Tell whether a request makes something that a replay would make differently: asymmetric keys.

    Args:
        request: The request.
        service: The signing name of its service.
    """
    if service == "kms":
        return b'"RSA_' in request.body or b'"ECC_' in request.body
    return service == "ec2" and request.action == "CreateKeyPair"
