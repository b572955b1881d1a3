"""Kept-open connections to one model server.

A minimal HTTP/1.1 client: the only server that it talks to is `runtime/serve.py`, which always sends Content-Length. It
costs a tenth of `http.client`, and all calls of an endpoint share the daemon's interpreter.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS_TO_CONNECT = 5.0


class UnreachableError(Exception):
    """The server could not be reached: nothing of the request was delivered."""


@dataclass(frozen=True)
class Answer:
    """A server's answer.

    Attributes:
        status: The HTTP status.
        headers: The headers, names in lower case.
        body: The body.
    """

    status: int
    headers: dict[str, str]
    body: bytes


class _Connection:
    def __init__(self, port: int, timeout: float) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), _SECONDS_TO_CONNECT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(timeout)
        self._reader: BinaryIO = self.socket.makefile("rb")

    def exchange(self, request: bytes) -> Answer:
        self.socket.sendall(request)
        status_line = self._reader.readline()
        if not status_line:
            raise ConnectionResetError
        status = int(status_line.split(b" ", 2)[1])
        headers: dict[str, str] = {}
        while (line := self._reader.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        body = self._reader.read(length)
        if len(body) < length:
            raise ConnectionResetError
        return Answer(status, headers, body)

    def open(self) -> bool:
        # An idle connection has nothing to read, unless the other side closed it.
        poll = select.poll()  # select() refuses descriptors above 1023.
        poll.register(self.socket, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._reader.close()
            self.socket.close()


class Connections:
    """A pool of connections to one server.

    Args:
        port: The server's port on 127.0.0.1.
        timeout: Seconds that an answer may take.
    """

    def __init__(self, port: int, timeout: float) -> None:
        self._port = port
        self._timeout = timeout
        self._idle: deque[_Connection] = deque()

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", timeout: float | None = None
    ) -> Answer:
        """Send a request and return the answer.

        Args:
            method: The HTTP method.
            path: The path.
            headers: The headers.
            body: The body.
            timeout: Seconds that the answer may take; None for the pool's own.

        Raises:
            UnreachableError: The server does not accept connections; nothing was delivered.
            TimeoutError: The answer took too long.
            ConnectionError: The server ended while it worked on the request.
        """
        lines = [f"{method} {path} HTTP/1.1", "Host: model", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        content = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
        connection = self._reused() or self._new()
        connection.socket.settimeout(self._timeout if timeout is None else timeout)
        return self._exchange(connection, content)

    def close(self) -> None:
        """Close all connections that are not in use."""
        while self._idle:
            self._idle.pop().close()

    def _exchange(self, connection: _Connection, content: bytes) -> Answer:
        try:
            answer = connection.exchange(content)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def _reused(self) -> _Connection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.open():
                return connection
            connection.close()

    def _new(self) -> _Connection:
        try:
            return _Connection(self._port, self._timeout)
        except OSError as error:
            raise UnreachableError(str(error)) from error
