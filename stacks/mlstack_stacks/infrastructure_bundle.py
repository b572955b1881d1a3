"""The infrastructure of an environment as one archive, for a release that runs where the project is not.

```
mlstack.yaml
infra/...                    the Pulumi program; of the stacks' files that of the environment
src/...                      the machine-learning code, which the program names by its contents
<data.source>                a stand-in: a release needs no data, and the program only names it
<images.NAME.dockerfile>     for what the build may pull; a context has a stand-in, and the tags are in the record
.mlstack-release             that this is a bundle, and what of the project can't be seen in it any more (JSON)
```

The same files give the same bytes on every machine, and the archive's SHA-256 names it.
"""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.bundle import IGNORED_NAMES, MAX_BUNDLE_BYTES
from mlstack_components.errors import UserError

from mlstack_stacks.spec.values import SOURCE_DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec import EnvironmentSpec

RECORD = ".mlstack-release"
"""The file that holds what can't be seen in a bundle; a project of its own has none."""
_INFRA = "infra"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # The first time that a zip file knows.
_UNIX = 3


@dataclass(frozen=True)
class Archive:
    """An archive.

    Attributes:
        content: A zip file.
        digest: Its SHA-256, in hexadecimal.
    """

    content: bytes
    digest: str


def infrastructure_bundle(spec: EnvironmentSpec, commit: str | None, datasets: dict[str, str]) -> Archive:
    """Archive what the program of an environment reads.

    Args:
        spec: The specification of the environment.
        commit: The commit that the code is from, or None.
        datasets: The versions of the folders that are `data.source`, by their paths.

    Raises:
        UserError: There are links among the files, or they are larger than code ever is.
    """
    record = {"commit": commit, "datasets": datasets, **_images(spec)}
    files: dict[str, tuple[bytes, bool]] = {RECORD: (json.dumps(record, sort_keys=True).encode(), False)}
    for path in _files(spec):
        files[path.relative_to(spec.root).as_posix()] = path.read_bytes(), bool(path.stat().st_mode & stat.S_IXUSR)
    for name in _stand_ins(spec):
        files.setdefault(name, (b"", False))
    for folder in _contexts(spec):
        if not any(name.startswith(f"{folder}/") for name in files):
            files[f"{folder}/stand-in"] = b"", False
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            content, executable = files[name]
            archive.writestr(_entry(name, executable=executable), content)
    content = buffer.getvalue()
    return Archive(content, hashlib.sha256(content).hexdigest())


def recorded(root: Path) -> dict[str, Any] | None:
    """What a bundle says of the project that it was made from; None where this is a project itself.

    Args:
        root: The folder of mlstack.yaml.
    """
    file = root / RECORD
    if not file.is_file():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _files(spec: EnvironmentSpec) -> list[Path]:
    found = [spec.file, *{spec.root / image.dockerfile: None for image in (spec.images or {}).values()}]
    for folder in (spec.root / _INFRA, spec.root / SOURCE_DIRECTORY):
        found += _below(folder) if folder.is_dir() else []
    of_others = [f"Pulumi.{name}.yaml" for name in _other_stacks(spec)]
    found = [path for path in found if not (path.parent.name == _INFRA and path.name in of_others)]
    if sum(path.stat().st_size for path in found) > MAX_BUNDLE_BYTES:
        raise UserError(
            f"{_INFRA}/ and {SOURCE_DIRECTORY}/ hold more than {MAX_BUNDLE_BYTES // 2**20} MB.",
            next_step="Keep data and models out of them.",
        )
    return found


def _other_stacks(spec: EnvironmentSpec) -> list[str]:
    """The stacks whose configuration is not the environment's business."""
    stacks = [path.name for path in (spec.root / _INFRA).glob("Pulumi.*.yaml")]
    names = [name.removeprefix("Pulumi.").removesuffix(".yaml") for name in stacks]
    return [name for name in names if name != spec.environment]


def _below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if any(fnmatch(path.name, pattern) for pattern in IGNORED_NAMES):
            continue
        if path.is_symlink():
            raise UserError(f"{path} is a symbolic link.", next_step="Put the file itself there.")
        found += _below(path) if path.is_dir() else [path]
    return found


def _images(spec: EnvironmentSpec) -> dict[str, dict[str, str]]:
    if spec.images is None:
        return {}
    from mlstack_stacks.own_images import used_images

    return {"images": used_images(spec)}


def _contexts(spec: EnvironmentSpec) -> list[str]:
    """The folders that images copy from, below the project's own."""
    named = {PurePosixPath(image.context).as_posix() for image in (spec.images or {}).values()}
    return sorted(named - {"."})


def _stand_ins(spec: EnvironmentSpec) -> Iterator[str]:
    for view in spec.views().values():
        if view.data is not None and view.data.s3 is None:
            folder = (view.root / view.data.source).is_dir()
            yield f"{view.data.source.rstrip('/')}/stand-in" if folder else view.data.source


def _entry(name: str, *, executable: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.create_system = _UNIX
    entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
    return entry
