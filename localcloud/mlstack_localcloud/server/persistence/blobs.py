"""Contents of S3 objects as files named by their SHA-256: `blobs/ab/abcdef...`.

Equal contents are stored once, and a snapshot of S3 holds digests in place of contents.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GRACE_SECONDS = 600.0
"""How long an unreferenced file stays: a request in flight may have written it and not yet referred to it."""


class BlobStore:
    """A directory of contents.

    Args:
        directory: Where they are; made when it is not there.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._counter = itertools.count()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        """Store a content.

        Args:
            content: The content.

        Returns:
            Its SHA-256 in hex.
        """
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        try:
            # Young again, so that a sweep that began before leaves it alone.
            os.utime(path)
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            temporary = path.with_name(f".{os.getpid()}.{next(self._counter)}")
            temporary.write_bytes(content)
            temporary.replace(path)
        return digest

    def get(self, digest: str) -> bytes:
        """Return a stored content.

        Args:
            digest: Its SHA-256 in hex.

        Raises:
            FileNotFoundError: It is not stored.
        """
        return self.path(digest).read_bytes()

    def path(self, digest: str) -> Path:
        """Return where a content is."""
        return self._directory / digest[:2] / digest

    def sweep(self, referenced: set[str], grace: float = _GRACE_SECONDS) -> int:
        """Delete what nothing refers to.

        Args:
            referenced: The digests that are in use.
            grace: How old a file must be, in seconds.

        Returns:
            How many files were deleted.
        """
        limit = time.time() - grace
        swept = 0
        for path in self._files():
            if path.name in referenced:
                continue
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    path.unlink()
                    swept += 1
        return swept

    def _files(self) -> Iterator[Path]:
        for directory in self._directory.iterdir():
            yield from directory.iterdir()
