"""What was kept when there was one account only is read as that account's."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from mlstack_localcloud.home import ACCOUNT
from mlstack_localcloud.server.persistence.store import Store

if TYPE_CHECKING:
    from pathlib import Path

_JOURNAL = """
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY, service TEXT, region TEXT, access_key TEXT, arn TEXT,
    at REAL, seed BLOB, method TEXT, uri TEXT, headers TEXT, body BLOB, body_digest TEXT
)
"""


def test_a_journal_of_one_account_is_read(tmp_path: Path) -> None:
    before = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    before.execute(_JOURNAL)
    row = ("s3", "eu-west-1", "AKIA", "arn", 1.0, b"seed", "PUT", "/bucket", "{}", b"", "")
    before.execute(f"INSERT INTO journal VALUES (1{', ?' * len(row)})", row)
    before.execute("PRAGMA user_version = 1")
    before.close()

    for _ in range(2):
        store = Store(tmp_path / "state.db", "5.2.5")
        (entry,) = store.journal()
        store.close()
        assert (entry.account, entry.region, entry.uri) == (ACCOUNT, "eu-west-1", "/bucket")
