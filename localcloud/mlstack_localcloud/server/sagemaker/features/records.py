"""The records of feature groups: the online store, and what the offline store has yet to write.

A record and its way to the offline store are one transaction, on disk in the write-ahead log before a call is answered,
so both outlive a `kill -9` of the daemon.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.database import open_database

if TYPE_CHECKING:
    from pathlib import Path

Features = dict[str, str]
"""A record: values as text, by feature."""

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    arn TEXT NOT NULL, identifier TEXT NOT NULL, event_time REAL NOT NULL, body TEXT, expires REAL,
    PRIMARY KEY (arn, identifier)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (
    id INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL, event_time REAL NOT NULL, received REAL NOT NULL,
    deleted INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS pending_by_arn ON pending (arn);
"""
_PUT = """
INSERT INTO record VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET event_time=excluded.event_time, body=excluded.body, expires=excluded.expires
WHERE excluded.event_time > record.event_time OR record.expires <= ?
"""


@dataclass(frozen=True)
class Change:
    """A record that is put, or the marker of one that is deleted.

    Attributes:
        identifier: The value of the record identifier.
        event_time: Seconds since 1970.
        features: The record; of a deletion the identifier and the event time alone.
        received: When it was received, in seconds since 1970.
        deleted: Whether it is a deletion.
        expires: When it expires, in seconds since 1970; None for never.
    """

    identifier: str
    event_time: float
    features: Features
    received: float
    deleted: bool = False
    expires: float | None = None


@dataclass(frozen=True)
class Stored:
    """A record of the online store.

    Attributes:
        features: The record; None where it was deleted softly.
        event_time: Seconds since 1970.
        expires: When it expires, in seconds since 1970; None for never.
    """

    features: Features | None
    event_time: float
    expires: float | None


@dataclass(frozen=True)
class Pending:
    """A row that waits for the offline store.

    Attributes:
        number: Its place in the order of arrival.
        change: What is written.
    """

    number: int
    change: Change


class Records:
    """The tables.

    One connection under a lock: writes are single rows, and SQLite would serialise them anyway.

    Raises:
        RuntimeError: The file was written by a newer version of the local cloud.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = open_database(path, _SCHEMA, _SCHEMA_VERSION)

    def write(self, arn: str, change: Change, *, online: bool, offline: bool, remove: bool = False) -> None:
        """Store a change in one step.

        Args:
            arn: The feature group.
            change: The record or the deletion.
            online: Whether it goes to the online store, where a newer record stays.
            offline: Whether it goes to the offline store.
            remove: Whether the online store forgets an older record instead.
        """
        body = None if change.deleted else json.dumps(change.features)
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            if online and remove:
                self._connection.execute(
                    "DELETE FROM record WHERE arn=? AND identifier=? AND event_time < ?",
                    (arn, change.identifier, change.event_time),
                )
            elif online:
                row = (arn, change.identifier, change.event_time, body, change.expires, change.received)
                self._connection.execute(_PUT, row)
            if offline:
                self._connection.execute(
                    "INSERT INTO pending (arn, event_time, received, deleted, body) VALUES (?, ?, ?, ?, ?)",
                    (arn, change.event_time, change.received, change.deleted, json.dumps(change.features)),
                )

    def get(self, arn: str, identifier: str, now: float) -> Stored | None:
        """Return the newest record of an identifier, also one that was deleted softly; None where there is none."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body, event_time, expires FROM record WHERE arn=? AND identifier=?", (arn, identifier)
            ).fetchone()
        if row is None or (row[2] is not None and row[2] <= now):
            return None
        return Stored(None if row[0] is None else json.loads(row[0]), row[1], row[2])

    def identifiers(self, arn: str, after: str | None, limit: int, now: float, *, deleted: bool) -> list[str]:
        """Return identifiers of a group in order.

        Args:
            arn: The feature group.
            after: The identifier that the page before ended with; None for the first page.
            limit: How many at most.
            now: What has expired by then is left out.
            deleted: Whether softly deleted ones are among them.
        """
        with self._lock:
            rows = self._connection.execute(
                "SELECT identifier FROM record WHERE arn=? AND (? IS NULL OR identifier > ?) "
                "AND (? OR body IS NOT NULL) AND (expires IS NULL OR expires > ?) ORDER BY identifier LIMIT ?",
                (arn, after, after, deleted, now, limit),
            ).fetchall()
        return [row[0] for row in rows]

    def groups_waiting(self) -> list[str]:
        """Return the ARNs of the groups that have something to write to the offline store."""
        with self._lock:
            return [row[0] for row in self._connection.execute("SELECT DISTINCT arn FROM pending")]

    def pending(self, arn: str, limit: int) -> list[Pending]:
        """Return what a group has to write, the oldest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT id, event_time, received, deleted, body FROM pending WHERE arn=? ORDER BY id LIMIT ?",
                (arn, limit),
            ).fetchall()
        return [Pending(row[0], Change("", row[1], json.loads(row[4]), row[2], bool(row[3]))) for row in rows]

    def written(self, arn: str, numbers: list[int]) -> None:
        """Forget rows that the offline store has."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "DELETE FROM pending WHERE arn=? AND id=?", [(arn, number) for number in numbers]
            )

    def forget(self, arn: str) -> None:
        """Drop everything of a group that is deleted."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("DELETE FROM record WHERE arn=?", (arn,))
            self._connection.execute("DELETE FROM pending WHERE arn=?", (arn,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
