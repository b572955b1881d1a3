"""The tables of the local cloud's SageMaker: JSON documents in SQLite, which outlive a `kill -9` of the daemon.

A document is what Describe answers, and keys with a leading underscore, which are ours and never leave. A write is on
disk in the write-ahead log before it returns, so that what was acknowledged is there after a crash of the process.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.database import open_database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.ports import Document

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, region, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tag (
    arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (
    kind TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY (kind, region, name)
) WITHOUT ROWID;
"""


class Store:
    """Documents by kind, region and name; tags by ARN; counters.

    One connection under a lock: writes are single rows, and SQLite would serialise them anyway.

    Raises:
        RuntimeError: The file was written by a newer version of the local cloud.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = open_database(path, _SCHEMA, _SCHEMA_VERSION)

    def insert(self, kind: str, region: str, name: str, body: Document) -> bool:
        """Store a new document; return False, and change nothing, where one of that name exists."""
        with self._lock:
            cursor = self._connection.execute(
                "INSERT OR IGNORE INTO document VALUES (?, ?, ?, ?)", (kind, region, name, json.dumps(body))
            )
            return cursor.rowcount == 1

    def get(self, kind: str, region: str, name: str) -> Document | None:
        """Return a document, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM document WHERE kind=? AND region=? AND name=?", (kind, region, name)
            ).fetchone()
        return _document(row[0]) if row else None

    def update(
        self, kind: str, region: str, name: str, change: Callable[[Document], None], *, stamp: bool = True
    ) -> Document | None:
        """Change a document in one step; return what is stored now, or None where there is none.

        Args:
            kind: The kind of document.
            region: The region.
            name: The name.
            change: Changes the document in place; when it raises, nothing is stored.
            stamp: Whether this is a modification of the resource, which its LastModifiedTime tells.
        """
        with self._lock:
            body = self.get(kind, region, name)
            if body is None:
                return None
            change(body)
            if stamp:
                body["LastModifiedTime"] = now()
            self._connection.execute(
                "UPDATE document SET body=? WHERE kind=? AND region=? AND name=?",
                (json.dumps(body), kind, region, name),
            )
            return body

    def delete(self, kind: str, region: str, name: str) -> bool:
        """Remove a document; return whether there was one."""
        with self._lock:
            cursor = self._connection.execute(
                "DELETE FROM document WHERE kind=? AND region=? AND name=?", (kind, region, name)
            )
            return cursor.rowcount == 1

    def documents(self, kind: str, region: str, prefix: str = "") -> list[Document]:
        """Return the documents of a kind in a region whose names start with a prefix, by name."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT body FROM document WHERE kind=? AND region=? AND substr(name, 1, ?)=? ORDER BY name",
                (kind, region, len(prefix), prefix),
            ).fetchall()
        return [_document(row[0]) for row in rows]

    def everywhere(self, kind: str) -> list[tuple[str, Document]]:
        """Return region and document of everything of a kind."""
        with self._lock:
            rows = self._connection.execute("SELECT region, body FROM document WHERE kind=?", (kind,)).fetchall()
        return [(region, _document(body)) for region, body in rows]

    def next_number(self, kind: str, region: str, name: str) -> int:
        """Count up and return the new value, from 1; a number is never given twice, whatever was deleted."""
        with self._lock:
            (value,) = self._connection.execute(
                "INSERT INTO counter VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET value=value+1 RETURNING value",
                (kind, region, name),
            ).fetchone()
        return int(value)

    def forget_numbers(self, kind: str, region: str, name: str) -> None:
        """Let a counter start again, for a resource that is gone."""
        with self._lock:
            self._connection.execute("DELETE FROM counter WHERE kind=? AND region=? AND name=?", (kind, region, name))

    def tags(self, arn: str) -> dict[str, str]:
        """Return a resource's tags."""
        with self._lock:
            return dict(self._connection.execute("SELECT key, value FROM tag WHERE arn=? ORDER BY key", (arn,)))

    def set_tags(self, arn: str, tags: dict[str, str]) -> None:
        """Add tags to a resource, or change their values."""
        with self._lock:
            self._connection.executemany(
                "INSERT INTO tag VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value=excluded.value",
                [(arn, key, value) for key, value in tags.items()],
            )

    def remove_tags(self, arn: str, keys: list[str] | None = None) -> None:
        """Remove some tags of a resource, or all of them."""
        with self._lock:
            if keys is None:
                self._connection.execute("DELETE FROM tag WHERE arn=?", (arn,))
            else:
                self._connection.executemany("DELETE FROM tag WHERE arn=? AND key=?", [(arn, key) for key in keys])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def now() -> float:
    """Return the time in seconds since 1970, to the millisecond as SageMaker stamps it."""
    return round(time.time(), 3)


def _document(body: str) -> Document:
    document: Document = json.loads(body)
    return document
