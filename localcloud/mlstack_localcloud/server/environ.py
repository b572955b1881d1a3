"""The WSGI environment of a request that did not come over a socket."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote_to_bytes


def make_environ(method: str, uri: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Make the environment that the server would make of a request.

    Args:
        method: The HTTP method.
        uri: Path and query, percent-encoded.
        headers: The headers by lower-case name.
        body: The whole body.

    Returns:
        The WSGI environment, with `RAW_URI` and `mlstack.headers` as `http_server.py` adds them.
    """
    path, _, query = uri.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": uri,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "mlstack.headers": headers,
    }
    if "content-type" in headers:
        environ["CONTENT_TYPE"] = headers["content-type"]
    environ.update(
        (f"HTTP_{name.upper().replace('-', '_')}", value)
        for name, value in headers.items()
        if name not in ("content-type", "content-length")
    )
    return environ
