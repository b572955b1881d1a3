"""What an image is built of, as one zip file: the same bytes for the same contents, on every machine.

    Dockerfile      the Dockerfile, wherever it lies in the project
    context/        the context, without what `.dockerignore` leaves out

The file's SHA-256 names the image, so that nothing is built twice, and one changed line makes another image. What a
Dockerfile fetches while it is built - its base image, packages - is not part of it: pin them where that matters.
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from mlstack_components.aws.bundle import IGNORED_NAMES, MAX_BUNDLE_BYTES
from mlstack_components.aws.dockerignore import Ignored
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

DOCKERFILE = "Dockerfile"
CONTEXT = "context"
_IGNORE_FILE = ".dockerignore"
_TAG_DIGITS = 16
_EPOCH = (1980, 1, 1, 0, 0, 0)  # The first moment that a zip file can hold.
_UNIX = 3
_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<stage>\S+))?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class ImageSource:
    """What an image is built of.

    Attributes:
        content: A zip file.
        digest: Its SHA-256, in hexadecimal.
    """

    content: bytes
    digest: str

    def tag(self, name: str) -> str:
        """Return the tag of the image that is built of it.

        Args:
            name: The image's name in the project.
        """
        return f"{name}-{self.digest[:_TAG_DIGITS]}"


def image_source(dockerfile: Path, context: Path) -> ImageSource:
    """Pack a Dockerfile and its context.

    Caches, environments and version control are left out as they are of code bundles, and what `.dockerignore` names.

    Args:
        dockerfile: The Dockerfile.
        context: The directory that `COPY` copies from.

    Raises:
        UserError: If one of them is not there, or the context holds a link or another thing that is no file, or more
            than `MAX_BUNDLE_BYTES`.
    """
    if not dockerfile.is_file():
        raise UserError(f"The Dockerfile {dockerfile} does not exist.")
    if not context.is_dir():
        raise UserError(f"The context {context} is no directory.")
    ignore_file = context / _IGNORE_FILE
    ignored = Ignored(ignore_file.read_text(encoding="utf-8") if ignore_file.is_file() else "")
    files = _files(context, context, ignored)
    if sum(path.stat().st_size for path in files) > MAX_BUNDLE_BYTES:
        raise UserError(
            f"The context {context} holds more than {MAX_BUNDLE_BYTES // 2**20} MB.",
            next_step=f"Name what no image needs, such as data, in {ignore_file}.",
        )
    named = {DOCKERFILE: dockerfile, **{f"{CONTEXT}/{path.relative_to(context).as_posix()}": path for path in files}}
    content = _zipped(named)
    return ImageSource(content, hashlib.sha256(content).hexdigest())


def base_images(dockerfile: str) -> tuple[str, ...]:
    """Return the images that a Dockerfile begins with, once each, without its own stages.

    Args:
        dockerfile: Its text.
    """
    found: dict[str, None] = {}
    stages = {"scratch"}
    for line in dockerfile.splitlines():
        match = _FROM.match(line)
        if match is None:
            continue
        if match["image"].lower() not in stages:
            found[match["image"]] = None
        if match["stage"]:
            stages.add(match["stage"].lower())
    return tuple(found)


def _files(directory: Path, context: Path, ignored: Ignored) -> list[Path]:
    found: list[Path] = []
    for path in sorted(directory.iterdir(), key=lambda entry: entry.name):
        left_out = path.relative_to(context).as_posix() in ignored
        if any(fnmatch(path.name, pattern) for pattern in IGNORED_NAMES) or path == context / _IGNORE_FILE:
            continue
        if path.is_dir() and not path.is_symlink():
            found += [] if left_out and not ignored.brings_back else _files(path, context, ignored)
        elif left_out:
            continue
        elif path.is_file() and not path.is_symlink():
            found.append(path)
        else:
            # A link would carry files from outside, or dangle where the source is unpacked.
            raise UserError(
                f"{path} is no file: images are built of files alone.",
                next_step=f"Put the file itself there, or name it in {context / _IGNORE_FILE}.",
            )
    return found


def _zipped(files: dict[str, Path]) -> bytes:
    buffer = io.BytesIO()
    # Compressed bytes differ between versions of zlib, and with them the digest between machines.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        # An empty context is one, too: COPY of nothing, and not of a directory that isn't there.
        archive.writestr(_entry(f"{CONTEXT}/", stat.S_IFDIR | 0o755), b"")
        for name in sorted(files):
            executable = files[name].stat().st_mode & stat.S_IXUSR
            mode = stat.S_IFREG | (0o755 if executable else 0o644)
            archive.writestr(_entry(name, mode), files[name].read_bytes())
    return buffer.getvalue()


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = _UNIX
    entry.external_attr = mode << 16
    return entry
