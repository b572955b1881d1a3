"""Clients that work with the rights of one role, where a program's configuration names no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack_localcloud.provider.api import AccountClientSource, ClientSource


@dataclass(frozen=True)
class RoleClients:
    """Where clients come from that sign with a role's keys.

    Attributes:
        clients: Where all clients come from.
        role_arn: The role.
        account: The account; the local cloud's own by default.
    """

    clients: AccountClientSource
    role_arn: str
    account: str = ""

    def of(self, account: str) -> ClientSource:
        """The clients of an account: the role's, whichever account it is."""
        return RoleClients(self.clients, self.role_arn, account)

    def client(self, service: str, region: str, role_arn: str | None = None) -> Any:
        """A client of a service.

        Args:
            service: The service as botocore names it.
            region: The region.
            role_arn: A role that the program's configuration names.
        """
        return self.clients.of(self.account).client(service, region, role_arn or self.role_arn)
