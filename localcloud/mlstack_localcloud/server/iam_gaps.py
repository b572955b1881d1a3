"""Operations of IAM that moto lacks: adding and removing a client of an OpenID Connect provider.

Private parts of moto: `IamResponse.backend` and `_get_param`, `OpenIDConnectProvider.client_id_list`,
`moto.core.responses.EmptyResult`.
"""

from __future__ import annotations

from typing import Any

from .moto_adjustments import import_module, imported


def adjust() -> None:
    """Add the operations, if moto's IAM is imported by now; may be called again."""
    responses = imported("moto.iam.responses")
    if responses is None or hasattr(responses.IamResponse, "add_client_id_to_open_id_connect_provider"):
        return
    responses.IamResponse.add_client_id_to_open_id_connect_provider = add_client
    responses.IamResponse.remove_client_id_from_open_id_connect_provider = remove_client


def add_client(self: Any) -> Any:
    """AddClientIDToOpenIDConnectProvider: again changes nothing."""
    clients, client = _clients_and_one(self)
    if client not in clients:
        clients.append(client)
    return _done()


def remove_client(self: Any) -> Any:
    """RemoveClientIDFromOpenIDConnectProvider: one that is not there is fine."""
    clients, client = _clients_and_one(self)
    if client in clients:
        clients.remove(client)
    return _done()


def _clients_and_one(response: Any) -> tuple[list[str], str]:
    provider = response.backend.get_open_id_connect_provider(response._get_param("OpenIDConnectProviderArn"))
    return provider.client_id_list, response._get_param("ClientID")


def _done() -> Any:
    return import_module("moto.core.responses").EmptyResult()
