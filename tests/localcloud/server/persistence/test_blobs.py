"""Contents by their hash."""

from __future__ import annotations

import hashlib
import os
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mlstack_localcloud.server.persistence.blobs import BlobStore
from mlstack_localcloud.server.persistence.objects import StoredContent, keep_contents_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(content=st.binary(max_size=2000))
def test_what_goes_in_comes_out_under_its_hash(store: BlobStore, content: bytes) -> None:
    digest = store.put(content)

    assert digest == hashlib.sha256(content).hexdigest()
    assert store.get(digest) == content


def test_equal_contents_are_one_file(store: BlobStore, tmp_path: Path) -> None:
    threads = [threading.Thread(target=store.put, args=(b"same" * 10_000,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1


def test_a_sweep_keeps_what_is_referenced_or_young(store: BlobStore) -> None:
    used, unused, young = store.put(b"used"), store.put(b"unused"), store.put(b"young")
    for digest in (used, unused):
        os.utime(store.path(digest), (0, 0))

    assert store.sweep({used}, grace=600) == 1
    assert store.get(used) == b"used"
    assert store.get(young) == b"young"
    assert not store.path(unused).exists()


def test_writing_again_what_was_there_makes_it_young(store: BlobStore) -> None:
    digest = store.put(b"again")
    os.utime(store.path(digest), (0, 0))
    store.put(b"again")

    assert store.sweep(set(), grace=600) == 0


def test_the_content_of_an_object_is_read_like_a_file(store: BlobStore) -> None:
    keep_contents_in(store)
    content = StoredContent()
    content.write(b"0123456789")
    content.seek(0)

    assert content.read(4) == b"0123"
    assert content.read(4) == b"4567"
    assert content.read() == b"89"
    content.seek(0)
    content.truncate()
    assert content.read() == b""
