"""The Pulumi provider of the `aws:` package for the local cloud.

It speaks Pulumi's provider protocol and calls the local cloud's AWS API; the engine attaches to it by
`PULUMI_DEBUG_PROVIDERS=aws:PORT`. What differs between resource types is data (`resources/`), what they have in common
is code: `check` completes and checks inputs, `difference` finds what changes, `lifecycle` makes, reads, changes and
deletes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import grpc

    from mlstack_localcloud.provider.api import AccountClientSource

__all__ = ["serve", "serving_under"]

# An endpoint in creation occupies one for minutes; idle threads cost nothing.
_THREADS = 64
_LARGEST_MESSAGE = 400 * 1024 * 1024  # the engine's own limit


def serve(clients: AccountClientSource, port: int, is_open: Callable[[str], bool]) -> grpc.Server:
    """Start the provider on 127.0.0.1.

    Args:
        clients: Where clients of the local cloud come from.
        port: The port to listen on.
        is_open: Tells whether the local cloud has an account.

    Returns:
        The started server; stop it with `server.stop(grace)`.

    Raises:
        RuntimeError: The port is taken.
    """
    server, found = _serve(clients, port, is_open)
    if found != port:
        raise RuntimeError(f"port {port} is taken")
    server.start()
    return server


@contextmanager
def serving_under(role_arn: str, clients: AccountClientSource, is_open: Callable[[str], bool]) -> Iterator[int]:
    """Serve a provider that has the rights of a role and no others, on a free port of 127.0.0.1.

    Args:
        role_arn: The role.
        clients: Where clients of the local cloud come from.
        is_open: Tells whether the local cloud has an account.

    Returns:
        The port; the provider is gone when the block ends.
    """
    from mlstack_localcloud.provider.role_clients import RoleClients

    server, port = _serve(RoleClients(clients, role_arn), 0, is_open)
    server.start()
    try:
        yield port
    finally:
        server.stop(None).wait()


def _serve(clients: AccountClientSource, port: int, is_open: Callable[[str], bool]) -> tuple[grpc.Server, int]:
    import grpc
    from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

    from mlstack_localcloud.provider.service import ProviderService
    from mlstack_localcloud.provider.servicer import Servicer

    server = grpc.server(
        ThreadPoolExecutor(_THREADS, thread_name_prefix="provider"),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    add_ResourceProviderServicer_to_server(Servicer(ProviderService(clients, is_open)), server)
    return server, server.add_insecure_port(f"127.0.0.1:{port}")
