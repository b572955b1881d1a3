"""Makes moto's S3 keep the contents of its objects in the blob store rather than in memory.

moto writes a content into a `tempfile.SpooledTemporaryFile` of the object and reads it back from there. It gets a file
of ours instead, which knows the digest only.

Private parts of moto: `moto.s3.models.tempfile`, `FakeKey.lock`, `FakeKey._value_buffer` and FakeKey's pickling.
"""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ..moto_adjustments import imported

if TYPE_CHECKING:
    from collections.abc import Callable

    from .blobs import BlobStore

_EMPTY = ""


class StoredContent:
    """The content of one object, as the file that moto expects.

    Attributes:
        digest: The SHA-256 of the content in hex; empty for an empty one.
    """

    store: BlobStore
    """Where all contents are; set once a process."""

    on_pickle: Callable[[str], None] | None = None
    """Told the digest of every content that a snapshot refers to."""

    def __init__(self, digest: str = _EMPTY) -> None:
        self.digest = digest
        self._position = 0

    def seek(self, position: int) -> int:
        """Move to a position from the start."""
        self._position = position
        return position

    def truncate(self) -> int:
        """Forget everything: moto truncates only before it writes a new content."""
        self.digest = _EMPTY
        return 0

    def write(self, content: bytes) -> int:
        """Take the whole content: moto writes it in one call."""
        self.digest = self.store.put(content) if content else _EMPTY
        self._position = len(content)
        return len(content)

    def read(self, size: int = -1) -> bytes:
        """Read from the position on."""
        if not self.digest:
            return b""
        with self.store.path(self.digest).open("rb") as file:
            file.seek(self._position)
            content = file.read(size)
        self._position += len(content)
        return content

    def close(self) -> None:
        """Nothing to close: the file stays until a sweep finds that nothing refers to it."""

    def __reduce__(self) -> tuple[type[StoredContent], tuple[str]]:
        if self.digest and StoredContent.on_pickle is not None:
            StoredContent.on_pickle(self.digest)
        return StoredContent, (self.digest,)


def keep_contents_in(store: BlobStore) -> None:
    """Make moto's S3 keep contents in a store, from when it is imported on.

    Args:
        store: The store; a later call replaces it for all objects.
    """
    StoredContent.store = store


def adjust() -> None:
    """Adjust moto's S3 if it is imported by now; may be called again."""
    s3: Any = imported("moto.s3.models")
    if s3 is None:
        return
    vars(s3)["tempfile"] = SimpleNamespace(SpooledTemporaryFile=lambda *_arguments, **_options: StoredContent())
    s3.FakeKey.__getstate__ = _get_state
    s3.FakeKey.__setstate__ = _set_state
    # Nothing is left to dispose of, and moto warns of every object that was not disposed of.
    s3.FakeKey.__del__ = lambda _self: None


def _get_state(key: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(key).items() if name != "lock"}


def _set_state(key: Any, state: dict[str, Any]) -> None:
    vars(key).update(state)
    key.lock = threading.Lock()
