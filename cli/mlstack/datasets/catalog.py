"""Which datasets and versions there are in a data bucket."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.names import DATASET_PREFIX, dataset_files_prefix, dataset_manifest_key, s3_uri
from mlstack_components.errors import UserError

from mlstack.cloud.errors import is_missing
from mlstack.datasets.manifest import DatasetVersion

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT_ONCE = 8


@dataclass(frozen=True)
class Catalog:
    """The datasets of an environment.

    Attributes:
        s3: A client.
        bucket: The data bucket.
    """

    s3: Any
    bucket: str

    def names(self) -> list[str]:
        """The names of all datasets, sorted."""
        return sorted(self._folders(DATASET_PREFIX))

    def versions(self, name: str) -> list[DatasetVersion]:
        """The finished versions of a dataset, newest first.

        Args:
            name: The dataset's name.
        """
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = pool.map(lambda version: self.find(name, version), self._folders(f"{DATASET_PREFIX}{name}/"))
            versions = [each for each in found if each is not None]
        return sorted(versions, key=lambda each: each.created_at, reverse=True)

    def all_versions(self) -> list[DatasetVersion]:
        """The finished versions of all datasets, by name, newest first."""
        return [version for name in self.names() for version in self.versions(name)]

    def find(self, name: str, version: str) -> DatasetVersion | None:
        """A finished version; None where there is none.

        Args:
            name: The dataset's name.
            version: The whole version.
        """
        from botocore.exceptions import ClientError

        try:
            answer = self.s3.head_object(Bucket=self.bucket, Key=dataset_manifest_key(name, version))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        return DatasetVersion.from_metadata(name, version, answer["Metadata"])

    def resolve(self, reference: str) -> DatasetVersion:
        """The version that somebody means.

        Args:
            reference: `NAME` for the newest version, or `NAME@VERSION`, of which the beginning is enough.

        Raises:
            UserError: There is no such version, or more than one.
        """
        name, _, beginning = reference.partition("@")
        versions = self.versions(name) if name else []
        if not versions:
            raise UserError(f"There is no dataset `{name}`.", next_step=self._known())
        if "@" not in reference:
            return versions[0]
        matching = [each for each in versions if beginning and each.version.startswith(beginning)]
        if len(matching) != 1:
            known = ", ".join(each.reference for each in versions[:5])
            count = "more than one version" if matching else "no version"
            raise UserError(f"`{name}` has {count} `{beginning}`.", next_step=f"It has {known}.")
        return matching[0]

    def _known(self) -> str:
        names = self.names()
        return f"There are {', '.join(names)}." if names else "Push one with `mlstack data push`."

    def manifest(self, version: DatasetVersion) -> list[dict[str, Any]]:
        """The files of a version: `path`, `size` and `sha256` of each.

        Args:
            version: The version.
        """
        key = dataset_manifest_key(version.name, version.version)
        files: list[dict[str, Any]] = json.loads(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())[
            "files"
        ]
        return files

    def uri(self, version: DatasetVersion) -> str:
        """The prefix of a version's files, as the pipeline takes it."""
        return s3_uri(self.bucket, dataset_files_prefix(version.name, version.version))

    def _folders(self, prefix: str) -> Iterator[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
        for page in pages:
            for entry in page.get("CommonPrefixes", []):
                yield entry["Prefix"].removeprefix(prefix).rstrip("/")


def reference_of(uri: str) -> str | None:
    """How the dataset behind a `DataUri` is named on the command line; None where it is no pushed one.

    Args:
        uri: The URI that a model was trained with.
    """
    from mlstack.datasets.manifest import SHORT

    _, found, rest = uri.partition(f"/{DATASET_PREFIX}")
    parts = rest.rstrip("/").split("/")
    if not found or len(parts) != 3 or parts[2] != "files":  # noqa: PLR2004 - name, version, files
        return None
    return f"{parts[0]}@{parts[1][:SHORT]}"
