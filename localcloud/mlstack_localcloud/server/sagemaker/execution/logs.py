"""What jobs print, on its way to CloudWatch Logs while they run."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.ports import ClientFactory

# Limits of PutLogEvents: a batch of 10,000 events and 1 MiB, with 26 bytes for each event.
_MOST_EVENTS = 10_000
_MOST_BYTES = 1_000_000
_EVENT_OVERHEAD = 26
_MOST_LINE = 250_000

_log = logging.getLogger(__name__)


class LogFollower:
    """Copies a growing file to a log stream, line by line.

    Args:
        clients: Where the CloudWatch Logs client comes from.
        region: The region of the log group.
        group: The log group, made when it is not there.
        stream: The log stream, made at the first line.
        file: The file; it may not be there yet.
        role_arn: The role whose rights count; None for the local cloud's own.
    """

    def __init__(
        self, clients: ClientFactory, region: str, group: str, stream: str, file: Path, *, role_arn: str | None = None
    ) -> None:
        self._clients = clients
        self._region = region
        self._group = group
        self._stream = stream
        self._file = file
        self._role_arn = role_arn
        self._refused = False
        self._offset = 0
        self._rest = b""
        self._made = False
        self._lock = threading.Lock()

    def pump(self, *, last: bool = False) -> list[str]:
        """Send what was printed since the last time.

        Args:
            last: Whether the file is complete, so that a line without an end is one as well.

        Returns:
            The new lines. A log service that refuses is logged and never fails a job.
        """
        with self._lock:
            lines = self._new_lines(last=last)
            if lines:
                try:
                    self._send(lines)
                except (ClientError, BotoCoreError) as error:
                    level = logging.DEBUG if self._refused else logging.WARNING
                    self._refused = True
                    _log.log(level, "Lines of %s in %s could not be logged: %s", self._stream, self._group, error)
            return lines

    def _new_lines(self, *, last: bool) -> list[str]:
        if not self._file.exists():
            return []
        with self._file.open("rb") as file:
            file.seek(self._offset)
            fresh = file.read()
        self._offset += len(fresh)
        complete, separator, rest = (self._rest + fresh).rpartition(b"\n")
        if last:
            complete, rest = complete + separator + rest, b""
        self._rest = rest
        return [line for line in complete.decode("utf-8", "replace").splitlines() if line.strip()]

    def _send(self, lines: list[str]) -> None:
        client = self._clients.client("logs", self._region, self._role_arn)
        if not self._made:
            self._make_stream(client)
            self._made = True
        for batch in _batches(lines):
            client.put_log_events(logGroupName=self._group, logStreamName=self._stream, logEvents=batch)

    def _make_stream(self, client: Any) -> None:
        names = {"logGroupName": self._group, "logStreamName": self._stream}
        try:
            _make(client.create_log_stream, **names)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            _make(client.create_log_group, logGroupName=self._group)
            _make(client.create_log_stream, **names)


def last_lines(file: Path, count: int, most: int = 4000) -> str:
    """Return the last lines of a file.

    Args:
        file: The file; an absent one has no lines.
        count: How many lines.
        most: How many bytes of the file are looked at.
    """
    if not file.exists():
        return ""
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - most))
        text = opened.read().decode("utf-8", "replace")
    return "\n".join([line.rstrip() for line in text.splitlines() if line.strip()][-count:])


def _make(create: Any, **names: str) -> None:
    try:
        create(**names)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise


def _batches(lines: list[str]) -> Iterator[list[dict[str, Any]]]:
    timestamp = int(time.time() * 1000)
    batch: list[dict[str, Any]] = []
    size = 0
    for line in lines:
        message = line[:_MOST_LINE]
        length = len(message.encode()) + _EVENT_OVERHEAD
        if batch and (len(batch) >= _MOST_EVENTS or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append({"timestamp": timestamp, "message": message})
        size += length
    if batch:
        yield batch
