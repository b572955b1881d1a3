"""A directory of code as one archive: the same bytes for the same contents, on every machine.

The archive's SHA-256 names it, so equal code is never uploaded twice and a changed line always makes a new name.
"""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import tarfile
import zlib
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

IGNORED_NAMES = (
    "*.egg-info",
    "*.pyc",
    ".DS_Store",
    ".git",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
)
"""What is never code: caches, environments and version control, wherever it lies."""

MAX_BUNDLE_BYTES = 256 * 1024 * 1024
"""More than this is data that was put beside the code by mistake."""

_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_STORED_BLOCK_BYTES = 65535


@dataclass(frozen=True)
class Bundle:
    """An archive of a directory.

    Attributes:
        content: A gzipped tar file.
        digest: Its SHA-256, in hexadecimal.
    """

    content: bytes
    digest: str


def bundle(directory: Path) -> Bundle:
    """Archive a directory's contents, without the directory itself.

    Files are sorted, and owner, time and all permissions but the executable bit are left out.

    Args:
        directory: The directory, such as `src/`.

    Raises:
        UserError: If it is no directory, holds no file, holds a link or another thing that is no file, or is larger
            than `MAX_BUNDLE_BYTES`.
    """
    if not directory.is_dir():
        raise UserError(f"The code directory {directory} does not exist.")
    files = _files(directory)
    if not files:
        raise UserError(f"The code directory {directory} holds no files.")
    if sum(path.stat().st_size for path in files) > MAX_BUNDLE_BYTES:
        raise UserError(
            f"The code directory {directory} holds more than {MAX_BUNDLE_BYTES // 2**20} MB.",
            next_step="Keep data and models out of it.",
        )
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in files:
            archive.addfile(_entry(path, path.relative_to(directory).as_posix()), io.BytesIO(path.read_bytes()))
    content = _gzip_stored(buffer.getvalue())
    return Bundle(content, hashlib.sha256(content).hexdigest())


def file_digest(path: Path) -> str:
    """Return a file's SHA-256, in hexadecimal.

    Args:
        path: The file.

    Raises:
        UserError: If it is no file.
    """
    if not path.is_file():
        raise UserError(f"The data file {path} does not exist.")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(directory: Path) -> list[Path]:
    found: list[Path] = []
    for path in sorted(directory.iterdir(), key=lambda entry: entry.name):
        if any(fnmatch(path.name, pattern) for pattern in IGNORED_NAMES):
            continue
        # A link would carry files from outside the project, or dangle where the archive is unpacked.
        if path.is_symlink():
            raise UserError(f"{path} is a symbolic link.", next_step="Put the file itself into the code directory.")
        if path.is_dir():
            found += _files(path)
        elif path.is_file():
            found.append(path)
        else:
            raise UserError(f"{path} is neither a file nor a directory.")
    return found


def _entry(path: Path, name: str) -> tarfile.TarInfo:
    status = path.stat()
    entry = tarfile.TarInfo(name)
    entry.size = status.st_size
    entry.mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
    return entry


def _gzip_stored(data: bytes) -> bytes:
    """Wrap data in the gzip format without compressing it (RFC 1951 section 3.2.4, RFC 1952).

    Compressed bytes differ between versions of zlib, and a digest that depends on the machine would make every
    colleague's update touch the bundle.
    """
    parts = [_GZIP_HEADER]
    for start in range(0, max(len(data), 1), _STORED_BLOCK_BYTES):
        block = data[start : start + _STORED_BLOCK_BYTES]
        last = start + _STORED_BLOCK_BYTES >= len(data)
        parts += [struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF), block]
    parts.append(struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF))
    return b"".join(parts)
