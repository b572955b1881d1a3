"""The private network that jobs and models may be placed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pulumi


@dataclass(frozen=True)
class Network:
    """Subnets and security groups of a VPC for jobs and models.

    Attributes:
        subnet_ids: Private subnets, one to sixteen.
        security_group_ids: One to five security groups of the same VPC.
    """

    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]


NetworkInput: TypeAlias = "Network | pulumi.Output[Network]"
"""A network whose ids are known, or one that is only being made: what components take."""
