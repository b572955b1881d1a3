"""What a request needs: an action on a resource."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .context import Values


class Place(NamedTuple):
    """Where a request is answered.

    Attributes:
        account: The account of whoever makes it, 12 digits.
        region: The region that it was signed for.
    """

    account: str
    region: str


@dataclass(frozen=True)
class Access:
    """One action on one resource.

    Attributes:
        action: The action, such as `s3:GetObject`.
        resource: The resource's ARN, or `*` where the action knows none.
        keys: Condition keys that belong to this access, in lower case.
    """

    action: str
    resource: str = "*"
    keys: Mapping[str, Values] = field(default_factory=dict)


def arn(service: str, place: Place, resource: str) -> str:
    """Return the ARN of a resource.

    Args:
        service: The service as ARNs name it.
        place: Its account and region.
        resource: What follows the account.
    """
    return f"arn:aws:{service}:{place.region}:{place.account}:{resource}"


class UnknownActionError(Exception):
    """Nobody knows which permission a request needs; the text names the request."""
