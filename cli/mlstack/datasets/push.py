"""Pushing a file or folder into the data bucket, as a version that its contents name.

Stages: find the files; hash them; look what of this version is there already; send the rest, or let S3 copy what an
older version of the dataset has; write the manifest, which makes it a version. Each stage can be run again: after an
interrupt what is there is not sent again, and a version that is finished is not touched.

A version has all of its files below one prefix, since that is what jobs read. So what several versions share is sent
once and stored once a version.
"""

from __future__ import annotations

import getpass
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.dataset import find_files, read_dataset
from mlstack_components.aws.names import dataset_files_prefix, dataset_manifest_key
from mlstack_components.errors import MlstackError

from mlstack.datasets.manifest import DatasetVersion, write_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mlstack_components.aws.dataset import Dataset, FoundFile

    from mlstack.datasets.catalog import Catalog

_OLDER_VERSIONS = 10
_REQUESTS_AT_ONCE = 10
_SECONDS_BETWEEN_REPORTS = 1.0


class ChangedMeanwhileError(MlstackError):
    """A file was changed while it was pushed."""

    code = "data-changed"


@dataclass(frozen=True)
class Pushed:
    """What a push came to.

    Attributes:
        version: The version.
        uri: The prefix of its files.
        is_new: Whether it was not there before.
        sent: How many files were sent.
        copied: How many S3 copied from older versions.
        skipped: What of the folder is left out, and why.
    """

    version: DatasetVersion
    uri: str
    is_new: bool
    sent: int
    copied: int
    skipped: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return self.version.to_json() | {
            "uri": self.uri,
            "new": self.is_new,
            "sent": self.sent,
            "copied": self.copied,
            "skipped": list(self.skipped),
        }


def push(catalog: Catalog, path: Path, name: str, report: Callable[[str], object]) -> Pushed:
    """Push a file or folder.

    Args:
        catalog: The datasets of the environment.
        path: The file or folder.
        name: The dataset's name.
        report: Told what is being done, in a few words.

    Returns:
        The version that its contents make.

    Raises:
        UserError: It can't be read, or a link leads out of it.
        ChangedMeanwhileError: A file was changed in between; nothing was made of it.
    """
    found = find_files(path)
    meter = _Meter(f"Reading {path}", len(found.files), found.size, report)
    dataset = read_dataset(found, meter.file_read)
    there = catalog.find(name, dataset.version)
    if there is not None:
        return Pushed(there, catalog.uri(there), is_new=False, sent=0, copied=0, skipped=found.skipped)
    version = DatasetVersion.of(name, dataset, getpass.getuser())
    sent, copied = _Transfer(catalog, dataset, version, report).run()
    catalog.s3.put_object(
        Bucket=catalog.bucket,
        Key=dataset_manifest_key(name, version.version),
        Body=write_manifest(version, dataset),
        ContentType="application/json",
        Metadata=version.to_metadata(),
    )
    return Pushed(version, catalog.uri(version), is_new=True, sent=sent, copied=copied, skipped=found.skipped)


class _Transfer:
    """Brings the files of a version into S3."""

    def __init__(
        self, catalog: Catalog, dataset: Dataset, version: DatasetVersion, report: Callable[[str], object]
    ) -> None:
        self._catalog = catalog
        self._dataset = dataset
        self._version = version
        self._report = report
        self._prefix = dataset_files_prefix(version.name, version.version)

    def run(self) -> tuple[int, int]:
        """Send or copy what is missing; how many files were sent, and how many copied."""
        there = self._there()
        missing = [each for each in self._dataset.found.files if there.get(each.path) != each.size]
        older = self._older() if missing else {}
        try:
            moved = self._move(missing, older)
        except Exception as error:
            self._refuse_changed(error)
            raise
        self._refuse_changed(None)
        return moved

    def _there(self) -> dict[str, int]:
        """What an interrupted push left: the size of each file by its path."""
        pages = self._catalog.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._catalog.bucket, Prefix=self._prefix
        )
        entries = (entry for page in pages for entry in page.get("Contents", []))
        return {entry["Key"].removeprefix(self._prefix): entry["Size"] for entry in entries}

    def _older(self) -> dict[str, str]:
        """Keys of what the newest versions hold, by SHA-256."""
        keys: dict[str, str] = {}
        for version in self._catalog.versions(self._version.name)[:_OLDER_VERSIONS]:
            prefix = dataset_files_prefix(version.name, version.version)
            for file in self._catalog.manifest(version):
                keys.setdefault(file["sha256"], f"{prefix}{file['path']}")
        return keys

    def _move(self, missing: list[FoundFile], older: Mapping[str, str]) -> tuple[int, int]:
        from s3transfer.manager import TransferConfig, TransferManager

        size = sum(each.size for each in missing)
        meter = _Meter(f"Pushing {self._version.reference}", len(missing), size, self._report)
        copied = 0
        # Several files and several parts of one file at a time; an interrupt cancels what is under way.
        with TransferManager(self._catalog.s3, TransferConfig(max_request_concurrency=_REQUESTS_AT_ONCE)) as manager:
            futures = []
            for each in missing:
                source = older.get(self._dataset.digests[each.path])
                copied += source is not None
                futures.append(self._start(manager, each, source, [_Listener(meter)]))
            for future in futures:
                future.result()
                meter.file_done()
        return len(missing) - copied, copied

    def _start(self, manager: Any, file: FoundFile, source: str | None, listeners: list[_Listener]) -> Any:
        bucket, key = self._catalog.bucket, f"{self._prefix}{file.path}"
        if source is None:
            return manager.upload(str(file.file), bucket, key, subscribers=listeners)
        return manager.copy({"Bucket": bucket, "Key": source}, bucket, key, subscribers=listeners)

    def _refuse_changed(self, cause: Exception | None) -> None:
        """Refuse where files are not as they were hashed; what was sent of them, a later push would take for theirs."""
        changed = [each for each in self._dataset.found.files if not each.is_unchanged]
        for each in changed:
            self._catalog.s3.delete_object(Bucket=self._catalog.bucket, Key=f"{self._prefix}{each.path}")
        if changed:
            raise ChangedMeanwhileError(
                f"{changed[0].file} was changed while it was pushed.", next_step="Push it again when it is at rest."
            ) from cause


class _Meter:
    """Tells how far something has come, now and then; safe from several threads."""

    def __init__(self, what: str, files: int, size: int, report: Callable[[str], object]) -> None:
        self._what, self._files, self._size, self._report = what, files, size, report
        self._done_files, self._done_size = 0, 0
        self._last = time.monotonic()
        self._lock = threading.Lock()

    def file_read(self, size: int) -> None:
        """One more file is done, with so many bytes."""
        self._add(1, size)

    def file_done(self) -> None:
        """One more file is done, whose bytes were told before."""
        self._add(1, 0)

    def bytes_done(self, size: int) -> None:
        """More bytes are done; fewer where something is sent again."""
        self._add(0, size)

    def _add(self, files: int, size: int) -> None:
        with self._lock:
            self._done_files += files
            self._done_size += size
            now = time.monotonic()
            if now - self._last < _SECONDS_BETWEEN_REPORTS:
                return
            self._last = now
            of = f"{self._done_files} of {self._files} files, {human(self._done_size)} of {human(self._size)}"
            self._report(f"{self._what}: {of}")


class _Listener:
    """What s3transfer tells of one file; it looks for methods of these names."""

    def __init__(self, meter: _Meter) -> None:
        self._meter = meter

    def on_progress(self, bytes_transferred: int, **_more: Any) -> None:
        """So many more bytes are there."""
        self._meter.bytes_done(bytes_transferred)


def human(size: float) -> str:
    """A size to read, such as `1.2 GB`.

    Args:
        size: In bytes.
    """
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000:  # noqa: PLR2004 - the next unit
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
