"""A file or a folder as a dataset: its files, and a version that follows from nothing but their paths and contents.

Stages: `find_files` looks what is there and what of it is left out; `read_dataset` hashes it; the version is the hash
of the list of hashes. Equal data has the same version on every machine and at every time, so nothing is stored twice
under two names, and a model's data is named by what it was.

SageMaker brings either what is below a prefix, under the keys' own names, or what a `ManifestFile` lists, again under
the keys' own names (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html). Objects that are
named by their hashes would reach a job under those names, so each version has a prefix with the files' own names.
"""

from __future__ import annotations

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from mlstack_components.aws.bundle import IGNORED_NAMES
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAX_KEY_BYTES = 1024
"""The longest key of an object, in bytes of UTF-8
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html)."""

_ROOM_BEFORE_PATH = 160
_HASHES_AT_ONCE = 4
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


@dataclass(frozen=True)
class FoundFile:
    """A file that belongs to a dataset.

    Attributes:
        path: Its path in the dataset, with slashes.
        file: Where it is.
        size: Its size in bytes.
        modified_ns: When it was last changed, in nanoseconds.
    """

    path: str
    file: Path
    size: int
    modified_ns: int

    @property
    def is_unchanged(self) -> bool:
        """Whether it still is as it was when it was found."""
        try:
            status = self.file.stat()
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (self.size, self.modified_ns)


@dataclass(frozen=True)
class Found:
    """What a file or folder holds.

    Attributes:
        files: The files, by path.
        skipped: What is left out and why, in words.
    """

    files: tuple[FoundFile, ...]
    skipped: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The size of all files in bytes."""
        return sum(each.size for each in self.files)


@dataclass(frozen=True)
class Dataset:
    """A dataset whose contents are known.

    Attributes:
        found: What it consists of.
        digests: The SHA-256 of each file, in hexadecimal, by path.
    """

    found: Found
    digests: dict[str, str]

    @property
    def version(self) -> str:
        """The SHA-256 of paths, sizes and contents, in hexadecimal."""
        listed = [[each.path, each.size, self.digests[each.path]] for each in self.found.files]
        return hashlib.sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()


def dataset_name(path: Path) -> str:
    """Return the name of the dataset that a file or folder makes where none is given, such as `weather`.

    Args:
        path: The file or folder.

    Raises:
        UserError: If its name has no letter and no digit.
    """
    stem = path.name if path.is_dir() else path.name.partition(".")[0] or path.name
    name = re.sub(r"[^a-z0-9._-]+", "-", stem.lower()).strip("-._")[:63]
    if not _NAME.fullmatch(name):
        raise UserError(f"{path} makes no name of a dataset.", next_step="Name it with --name.")
    return name


def check_dataset_name(name: str) -> str:
    """Return a dataset's name if it may be one.

    Args:
        name: The name.

    Raises:
        UserError: If it may not.
    """
    if not _NAME.fullmatch(name):
        raise UserError(
            f"A dataset can't be named {name!r}: it has 1 to 63 lower-case letters, digits, `.`, `_` or `-`.",
            next_step="Choose another name, such as `weather`.",
        )
    return name


def find_files(path: Path) -> Found:
    """Return the files of a file or folder, and what is left out.

    Caches, environments and version control are left out, folders without files do not exist in S3, and a link is
    followed where it leads to a file of the same folder.

    Args:
        path: A file or folder.

    Raises:
        UserError: If there is no such thing, or no file in it, or a link leads out of it, or a path can't be a key.
    """
    if path.is_file():
        return Found((_found(path, path.name),))
    if not path.is_dir():
        raise UserError(f"{path} is neither a file nor a folder.")
    skipped: list[str] = []
    files = [_found(entry, entry.relative_to(path).as_posix()) for entry in _entries(path, skipped)]
    if not files:
        raise UserError(f"The folder {path} holds no files.")
    # By key, as S3 lists them: the order of folders differs from that of their files' paths.
    return Found(tuple(sorted(files, key=lambda each: each.path)), tuple(skipped))


def read_dataset(found: Found, on_hashed: Callable[[int], object] | None = None) -> Dataset:
    """Hash the files of a dataset, several at a time.

    Args:
        found: The files.
        on_hashed: Told the size of each file that was read.

    Raises:
        UserError: If a file can't be read.
    """

    def digest(each: FoundFile) -> str:
        try:
            with each.file.open("rb") as file:
                read = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise UserError(f"{each.file} can't be read: {error.strerror}.") from error
        if on_hashed is not None:
            on_hashed(each.size)
        return read

    with ThreadPoolExecutor(_HASHES_AT_ONCE) as pool:
        digests = list(pool.map(digest, found.files))
    return Dataset(found, {each.path: read for each, read in zip(found.files, digests, strict=True)})


def _entries(root: Path, skipped: list[str]) -> Iterator[Path]:
    """The files below a folder; what is none is added to `skipped`."""
    # Without recursion: folders may be nested as deeply as the file system lets them be.
    folders = [root]
    while folders:
        for path in sorted(folders.pop().iterdir(), key=lambda entry: entry.name):
            shown = path.relative_to(root).as_posix()
            if any(fnmatch(path.name, pattern) for pattern in IGNORED_NAMES):
                skipped.append(f"{shown} (never data)")
            elif path.is_symlink():
                if _link_leads_to_file(path, root, shown, skipped):
                    yield path
            elif path.is_dir():
                folders.append(path)
            elif path.is_file():
                yield path
            else:
                skipped.append(f"{shown} (neither a file nor a folder)")


def _link_leads_to_file(link: Path, root: Path, shown: str, skipped: list[str]) -> bool:
    target = link.resolve()
    if not target.is_relative_to(root.resolve()):
        raise UserError(
            f"The link {link} leads out of {root}.", next_step="Put the file itself there, or remove the link."
        )
    if target.is_file():
        return True
    skipped.append(f"{shown} (a link to {'a folder' if target.is_dir() else 'nothing'})")
    return False


def _found(file: Path, path: str) -> FoundFile:
    try:
        too_long = len(path.encode()) > MAX_KEY_BYTES - _ROOM_BEFORE_PATH
    except UnicodeEncodeError:
        raise UserError(f"{file!r} has a name that is no text.", next_step="Rename it.") from None
    # SageMaker takes a key that holds them for a path on its own disk; S3's console can't show the others.
    if too_long or not path.isprintable():
        reason = "is too long" if too_long else "holds characters that can't be printed"
        raise UserError(f"The path {path[:80]!r} {reason} for an object's key.", next_step="Rename it.")
    status = file.stat()
    return FoundFile(path, file, status.st_size, status.st_mtime_ns)
