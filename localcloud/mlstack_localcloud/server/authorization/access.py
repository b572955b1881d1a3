"""What a request needs: an action on a resource."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...home import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .context import Values


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


def arn(service: str, region: str, resource: str) -> str:
    """Return the ARN of a resource of this account.

    Args:
        service: The service as ARNs name it.
        region: The region.
        resource: What follows the account.
    """
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


class UnknownActionError(Exception):
    """Nobody knows which permission a request needs; the text names the request."""
