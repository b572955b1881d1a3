"""Putting a package set into the state bucket.

```
packages/manifest.json                     the newest set: its manifest, and `prefix`
packages/<sha256 of the manifest>/...      the files of a set; its manifest.json is put last, so it tells a whole set
```

What is there is not put again: an interrupted upload goes on.
"""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack.bootstrap.package_set import MANIFEST
from mlstack.cloud.errors import is_missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack.bootstrap.package_set import PackageFile, PackageSet
    from mlstack.cloud.aws import AwsSession

PREFIX = "packages/"
_AT_ONCE = 4


@dataclass(frozen=True)
class PackageStore:
    """Where the sets of an account are.

    Attributes:
        s3: The client.
        bucket: The bucket.
        account: The account that it must belong to.
    """

    s3: Any
    bucket: str
    account: str

    @classmethod
    def of(cls, session: AwsSession, bucket: str) -> PackageStore:
        """The store in a bucket.

        Args:
            session: Clients of its account.
            bucket: The bucket.
        """
        return cls(session.client("s3"), bucket, session.account)

    def newest(self) -> dict[str, Any] | None:
        """The manifest of the newest set with its `prefix`, or None."""
        from botocore.exceptions import ClientError

        try:
            answer = self.s3.get_object(**self._place(f"{PREFIX}{MANIFEST}"))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        found: dict[str, Any] = json.loads(answer["Body"].read())
        return found

    def put(self, packages: PackageSet, say: Callable[[str], None]) -> int:
        """Puts a set there, and makes it the newest one.

        Args:
            packages: The set.
            say: Told what is being done, in a few words.

        Returns:
            How many files had to be put.
        """
        prefix = prefix_of(packages)
        missing = [] if self._has(f"{prefix}{MANIFEST}", packages.sha256) else self._missing(packages, prefix)
        if missing:
            say(f"Uploading {len(missing)} files ({sum(each.size for each in missing) / 1e6:,.0f} MB)")
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda each: self._put_file(packages, prefix, each), missing))
        manifest = packages.manifest
        if not self._has(f"{prefix}{MANIFEST}", packages.sha256):
            self._put_text(f"{prefix}{MANIFEST}", manifest, packages.sha256)
        if (self.newest() or {}).get("prefix") != prefix:
            newest = json.dumps({**json.loads(manifest), "prefix": prefix}, indent=1, sort_keys=True) + "\n"
            self._put_text(f"{PREFIX}{MANIFEST}", newest, packages.sha256)
        return len(missing)

    def _missing(self, packages: PackageSet, prefix: str) -> list[PackageFile]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            there = pool.map(lambda each: self._has(f"{prefix}{each.file}", each.sha256), packages.files)
            return [each for each, known in zip(packages.files, there, strict=True) if not known]

    def _put_file(self, packages: PackageSet, prefix: str, file: PackageFile) -> None:
        # S3 compares the checksum with what arrived (PutObject takes 5 GB at most; the largest file here has 0.1 GB).
        checksum = base64.b64encode(bytes.fromhex(file.sha256)).decode()
        with (packages.folder / file.file).open("rb") as body:
            self.s3.put_object(
                **self._place(f"{prefix}{file.file}"),
                Body=body,
                ChecksumSHA256=checksum,
                Metadata={"sha256": file.sha256},
            )

    def _put_text(self, key: str, text: str, sha256: str) -> None:
        self.s3.put_object(
            **self._place(key), Body=text.encode(), ContentType="application/json", Metadata={"sha256": sha256}
        )

    def _has(self, key: str, sha256: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            found = self.s3.head_object(**self._place(key))
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        return bool(found.get("Metadata", {}).get("sha256") == sha256)

    def _place(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": key, "ExpectedBucketOwner": self.account}


def prefix_of(packages: PackageSet) -> str:
    """Where the files of a set are.

    Args:
        packages: The set.
    """
    return f"{PREFIX}{packages.sha256}/"
