"""The contents of the files and archives that programs pass."""

from __future__ import annotations

import io
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_localcloud.provider.values import Asset

__all__ = ["content_of"]

_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".jar", ".whl")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time that a zip can hold; the same for all, so that contents decide alone


def content_of(asset: Asset) -> bytes:
    """The bytes of an asset; an archive of loose files becomes a zip, as with the official provider.

    Raises:
        ProviderError: A file is not there.
    """
    if asset.text is not None:
        return asset.text.encode()
    if asset.uri is not None:
        return _fetched(asset.uri)
    if asset.archive and (asset.members is not None or not _is_packed(asset)):
        return _zipped(asset)
    return _file(asset).read_bytes()


def _file(asset: Asset) -> Path:
    path = Path(asset.path or "")
    if not path.is_absolute():
        raise ProviderError(
            f'The asset "{path}" has a relative path, which the local cloud, a process of its own, cannot find.',
            next_step="Pass an absolute path, such as Path(__file__).parent / ...",
        )
    if not path.exists():
        raise ProviderError(f"The asset {path} is not there.")
    return path


def _is_packed(asset: Asset) -> bool:
    return bool(asset.path) and str(asset.path).endswith(_ARCHIVES) and _file(asset).is_file()


def _fetched(uri: str) -> bytes:
    if not uri.startswith(("http://", "https://", "file://")):
        raise ProviderError(f'The asset "{uri}" has an address of a kind that is not fetched.')
    with urllib.request.urlopen(uri) as response:  # noqa: S310 - the schemes are checked above
        content: bytes = response.read()
        return content


def _zipped(asset: Asset) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_entries(asset, "")):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return buffer.getvalue()


def _entries(asset: Asset, prefix: str) -> Iterator[tuple[str, bytes]]:
    if not asset.archive:
        yield prefix, content_of(asset)
    elif asset.members is not None:
        for name, member in asset.members.items():
            yield from _entries(member, f"{prefix}/{name}" if prefix else name)
    else:
        root = _file(asset)
        for path in root.rglob("*"):
            if path.is_file():
                name = path.relative_to(root).as_posix()
                yield (f"{prefix}/{name}" if prefix else name), path.read_bytes()
