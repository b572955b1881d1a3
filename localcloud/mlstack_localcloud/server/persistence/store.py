"""The database of the common services: snapshots of backends and the journal since, in one SQLite file.

One file, so that a snapshot and the end of the journal that it replaces are one transaction. The write-ahead log makes
a commit one write without waiting for the disk: what is committed survives the process, whatever ends it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import StateError
from ...home import ACCOUNT
from .pickling import BackendKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FORMAT = 2
_FORMAT_OF_ONE_ACCOUNT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS snapshots (
    service TEXT, account TEXT, region TEXT, state BLOB NOT NULL, PRIMARY KEY (service, account, region)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (
    sequence INTEGER PRIMARY KEY, service TEXT, account TEXT, region TEXT, access_key TEXT, arn TEXT,
    at REAL, seed BLOB, method TEXT, uri TEXT, headers TEXT, body BLOB, body_digest TEXT
);
"""


@dataclass(frozen=True)
class Entry:
    """A request that changed something.

    Attributes:
        service: The signing name of the service.
        account: The account whose service answers it.
        region: The region that it was signed for.
        access_key: The key that signed it.
        arn: Who made it.
        at: When, in seconds since 1970.
        seed: What moto's randomness followed from.
        method: The HTTP method.
        uri: Path and query as they came.
        headers: The headers by lower-case name.
        body: The body; empty where the blob store has it.
        body_digest: The blob that is the body; empty where it is here.
    """

    service: str
    account: str
    region: str
    access_key: str
    arn: str
    at: float
    seed: bytes
    method: str
    uri: str
    headers: dict[str, str]
    body: bytes
    body_digest: str


class Store:
    """Snapshots and journal.

    Args:
        path: The database file; made when it is not there.
        moto_version: The version whose objects the snapshots hold.

    Raises:
        StateError: The file is no database, or was written by another format.
    """

    def __init__(self, path: Path, moto_version: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._prepare(moto_version)
        except sqlite3.DatabaseError as error:
            raise StateError(f"{path} cannot be read: {error}.", next_step=_RESET) from error

    def _prepare(self, moto_version: str) -> None:
        run = self._connection.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        # Checkpoints wait for the disk, so the snapshots make them, in the background.
        run("PRAGMA wal_autocheckpoint = 0")
        version = run("PRAGMA user_version").fetchone()[0]
        if version == _FORMAT_OF_ONE_ACCOUNT:
            run(f"ALTER TABLE journal ADD COLUMN account TEXT DEFAULT '{ACCOUNT}'")
        elif version not in (0, _FORMAT):
            message = f"{self._path} was written by another version of mlstack (format {version}, moto {moto_version})."
            raise StateError(message, next_step=_RESET)
        self._connection.executescript(_SCHEMA)
        run(f"PRAGMA user_version = {_FORMAT}")

    def append(self, entry: Entry) -> int:
        """Write a request down; it survives the process when this returns.

        Args:
            entry: The request.

        Returns:
            Its place in the journal.
        """
        row = (
            entry.service,
            entry.account,
            entry.region,
            entry.access_key,
            entry.arn,
            entry.at,
            entry.seed,
            entry.method,
            entry.uri,
            json.dumps(entry.headers),
            entry.body,
            entry.body_digest,
        )
        with self._lock:
            cursor = self._connection.execute(_INSERT, row)
        return cursor.lastrowid or 0

    def journal(self) -> Iterator[Entry]:
        """Iterate over the journal, oldest first."""
        with self._lock:
            rows = self._connection.execute(_SELECT).fetchall()
        for row in rows:
            service, account, region, access_key, arn, at, seed, method, uri, headers, body, digest = row
            content = json.loads(headers)
            yield Entry(service, account, region, access_key, arn, at, seed, method, uri, content, body, digest)

    def last_sequence(self) -> int:
        """Return the place of the journal's last entry; 0 when it is empty."""
        with self._lock:
            last: int | None = self._connection.execute("SELECT max(sequence) FROM journal").fetchone()[0]
        return last or 0

    def snapshots(self) -> Iterator[tuple[BackendKey, bytes]]:
        """Iterate over the snapshots."""
        with self._lock:
            rows = self._connection.execute("SELECT service, account, region, state FROM snapshots").fetchall()
        for service, account, region, state in rows:
            yield BackendKey((service, account, region)), state

    def replace(self, states: Iterable[tuple[BackendKey, bytes]], sequence: int) -> None:
        """Store snapshots and drop the journal that they hold, in one step.

        Args:
            states: The pickled states of the backends that changed.
            sequence: The last entry of the journal that they hold.
        """
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", ((*key, state) for key, state in states)
                )
                self._connection.execute("DELETE FROM journal WHERE sequence <= ?", (sequence,))
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def journaled_digests(self) -> set[str]:
        """Return the blobs that the journal refers to."""
        with self._lock:
            rows = self._connection.execute("SELECT body_digest FROM journal WHERE body_digest != ''").fetchall()
        return {digest for (digest,) in rows}

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()


_INSERT = """
INSERT INTO journal (service, account, region, access_key, arn, at, seed, method, uri, headers, body, body_digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SELECT = """
SELECT service, account, region, access_key, arn, at, seed, method, uri, headers, body, body_digest
FROM journal ORDER BY sequence
"""
_RESET = "Run `mlstack local reset` to start with an empty local cloud."
