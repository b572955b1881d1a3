"""How the tables of SageMaker are opened: private, surviving a kill, and of a schema that is known here."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def open_database(path: Path, schema: str, version: int) -> sqlite3.Connection:
    """Open a database file, and make it where there is none.

    Args:
        path: The file; only its owner may read it.
        schema: The statements that make the tables, where they are missing.
        version: The schema's version.

    Returns:
        A connection that every thread may use, one at a time.

    Raises:
        RuntimeError: The file was written by a newer version of the local cloud.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    path.chmod(0o600)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > version:
        raise RuntimeError(f"{path} was written by a newer mlstack (schema {found}).")
    connection.executescript(schema)
    connection.execute(f"PRAGMA user_version={version}")
    return connection
