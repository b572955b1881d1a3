"""Sends a botocore request straight into a WSGI application of the same process.

Registered as a handler of botocore's `before-send` event, which gets the signed request and may answer it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from .environ import make_environ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class _RawResponse(io.BytesIO):
    """A body, read as botocore reads urllib3's."""

    def stream(self, amount: int = 65536, **_: Any) -> Iterable[bytes]:
        while chunk := self.read(amount):
            yield chunk


class InProcess:
    """Answers botocore's `before-send` event from a WSGI application.

    Args:
        application: The application.
    """

    def __init__(self, application: Callable[..., Any]) -> None:
        self._application = application

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Answer a signed request."""
        answer: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            answer["status"] = int(status.split(" ", 1)[0])
            answer["headers"] = dict(headers)

        chunks = self._application(_environ(request), start_response)
        body = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        return AWSResponse(request.url, answer["status"], answer["headers"], _RawResponse(body))


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    headers.setdefault("host", url.netloc)
    headers.pop("transfer-encoding", None)
    uri = f"{url.path}?{url.query}" if url.query else url.path
    return make_environ(request.method, uri, headers, _bytes(request.body))


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        content: bytes = body.read()
        return content
    return bytes(body)
