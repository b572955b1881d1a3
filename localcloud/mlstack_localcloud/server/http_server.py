"""The HTTP server of the gateway: cheroot on 127.0.0.1, with the request line and the headers kept as they came.

cheroot turns Nagle's algorithm off, without which small answers wait 40 ms for the client's acknowledgement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cheroot import wsgi

if TYPE_CHECKING:
    from collections.abc import Callable

_THREADS = 48
"""Above what endpoints, long polls and a provisioning engine hold at once; an idle one costs some 50 KB."""

_IDLE_SECONDS = 600
"""How long a connection is kept for its client: longer than any client's pool keeps it, so none finds it closed."""


class _Together:
    """Collects what is written, so that headers and body leave in one packet."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(data)
        return len(data)


class _Gateway(wsgi.Gateway_10):
    """Adds to the WSGI environment what signatures are made over."""

    def get_environ(self) -> Any:
        make: Any = super().get_environ
        environ = make()
        environ["RAW_URI"] = environ["REQUEST_URI"]
        environ["mlstack.headers"] = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.req.inheaders.items()
        }
        return environ

    def respond(self) -> None:
        connection: Any = self.req.conn
        socket_file, together = connection.wfile, _Together()
        connection.wfile = together
        try:
            super().respond()
        finally:
            connection.wfile = socket_file
            if together.parts:
                socket_file.write(b"".join(together.parts))


def make_server(application: Callable[..., Any], port: int) -> wsgi.Server:
    """Make the gateway's server; `prepare()` binds it and `serve()` runs it.

    Args:
        application: The WSGI application.
        port: Where to listen on 127.0.0.1.

    Returns:
        The server.
    """
    server: Any = wsgi.Server(
        ("127.0.0.1", port),
        application,
        numthreads=_THREADS,
        request_queue_size=128,
        timeout=_IDLE_SECONDS,
        shutdown_timeout=5,
    )
    server.gateway = _Gateway
    # The default of 10 would close the connections of a busy provisioning engine after each answer.
    server.keep_alive_conn_limit = None
    server.server_name = "mlstack"
    made: wsgi.Server = server
    return made
