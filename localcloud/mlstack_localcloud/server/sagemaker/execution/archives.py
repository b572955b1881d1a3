"""Archives in and out of jobs.

What comes in is hostile until it was unpacked: it may hold `..`, absolute paths, links that lead out, devices, or far
more than fits.
"""

from __future__ import annotations

import tarfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST_MEMBERS = 100_000
_MOST_BYTES = 20 << 30


class ArchiveError(Exception):
    """An archive is not valid, or holds what must not be unpacked; the message says which."""


def extract(archive: Path, directory: Path) -> None:
    """Unpack a tar archive, compressed or not.

    Args:
        archive: The file.
        directory: Where its members go; it is made.

    Raises:
        ArchiveError: The file is no archive, is cut short, or holds a member that would be written outside of the
            directory, a device, or too much.
    """
    if not hasattr(tarfile, "data_filter"):
        raise ArchiveError("This Python cannot unpack archives safely; use Python 3.11.4 or newer.")
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as tar:
            # The data filter refuses absolute paths, `..`, links that lead out, and devices (PEP 706).
            tar.extractall(directory, members=_limited(tar), filter="data")
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ArchiveError(f"{archive.name}: {error}") from error


def read_member(archive: Path, name: str) -> str | None:
    """Return the text of one file of an archive, or None when it has no such file or is no archive."""
    try:
        with tarfile.open(archive) as tar:
            for member in _limited(tar):
                if member.name.removeprefix("./") == name and member.isfile():
                    file = tar.extractfile(member)
                    return file.read().decode("utf-8", "replace") if file else None
    except (tarfile.TarError, EOFError, OSError, zlib.error, ArchiveError):
        return None
    return None


def pack(directory: Path, archive: Path) -> None:
    """Write the content of a directory as a gzipped tar archive.

    Args:
        directory: The directory; its own name is not part of the archive.
        archive: The file to write.
    """
    # Level 1: models compress badly, and the time counts more than the last percents.
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        for path in sorted(directory.iterdir()):
            tar.add(path, arcname=path.name)


def _limited(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    size = 0
    for count, member in enumerate(tar, start=1):
        size += member.size
        if count > _MOST_MEMBERS or size > _MOST_BYTES:
            raise ArchiveError(f"The archive holds more than {_MOST_MEMBERS} members or {_MOST_BYTES >> 30} GiB.")
        yield member
