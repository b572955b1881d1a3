"""The manifest of a dataset's version: what it consists of, when it was pushed, and by whom.

    s3://<data bucket>/datasets/<name>/<version>/files/<path>     the files, under their own names
    s3://<data bucket>/datasets/<name>/<version>/manifest.json    name, version, when, by whom, and the list of files

The manifest is written when all files are there, so a version without one is unfinished. What lists show of a version
also stands in the manifest's metadata: that of a large one is read without its files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.dataset import Dataset

SHORT = 12
"""How many digits of a version are shown; any beginning that is of one version only is enough to name it."""


@dataclass(frozen=True)
class DatasetVersion:
    """A version of a dataset.

    Attributes:
        name: The dataset's name.
        version: The SHA-256 of its contents.
        files: How many files it has.
        size: Their size in bytes.
        created_at: When it was pushed.
        created_by: By whom, as their machine calls them.
    """

    name: str
    version: str
    files: int
    size: int
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, name: str, dataset: Dataset, who: str) -> DatasetVersion:
        """The version that a dataset becomes when it is pushed now.

        Args:
            name: The dataset's name.
            dataset: Its contents.
            who: Who pushes it.
        """
        found = dataset.found
        return cls(name, dataset.version, len(found.files), found.size, datetime.now(UTC), who)

    @property
    def reference(self) -> str:
        """How it is named on the command line, such as `weather@0a1b2c3d4e5f`."""
        return f"{self.name}@{self.version[:SHORT]}"

    def to_metadata(self) -> dict[str, str]:
        """As the metadata of its manifest, which is ASCII."""
        return {
            "files": str(self.files),
            "bytes": str(self.size),
            "created-at": self.created_at.isoformat(),
            "created-by": quote(self.created_by),
        }

    @classmethod
    def from_metadata(cls, name: str, version: str, metadata: Mapping[str, str]) -> DatasetVersion:
        """Read the metadata of a manifest.

        Args:
            name: The dataset's name.
            version: The version.
            metadata: As S3 answers it.
        """
        return cls(
            name,
            version,
            int(metadata["files"]),
            int(metadata["bytes"]),
            datetime.fromisoformat(metadata["created-at"]),
            unquote(metadata["created-by"]),
        )

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "name": self.name,
            "version": self.version,
            "files": self.files,
            "bytes": self.size,
            "created_at": self.created_at.isoformat(),
            "created_by": self.created_by,
        }


def write_manifest(version: DatasetVersion, dataset: Dataset) -> bytes:
    """The manifest of a version.

    Args:
        version: The version.
        dataset: Its contents.
    """
    files = [
        {"path": each.path, "size": each.size, "sha256": dataset.digests[each.path]} for each in dataset.found.files
    ]
    return (json.dumps({**version.to_json(), "files": files}, indent=1) + "\n").encode()
