"""`.mlstack/lock.yml`: what a project was made from, so that an update or a check later knows where it began.

```yaml
schema: 1
catalog: mlstack
template: realtime
source: mlstack/realtime        or the URL of the repository
range: ^0.1                     an update stays in it
version: 0.1.0
ref: v0.1.0
sha: 3f0c...                    the commit that the tag led to
copier: 9.19.1
files:
  src/train.py: {sha256: ..., class: seeded}
```
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import UserError

from mlstack.scaffold.template import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack.scaffold.template import Template

LOCK_FILE = Path(".mlstack") / "lock.yml"


@dataclass(frozen=True)
class LockedFile:
    """A file as the template made it.

    Attributes:
        sha256: Of its content.
        owner: `owned`, `partial` or `seeded`.
    """

    sha256: str
    owner: str


@dataclass(frozen=True)
class Lock:
    """What a project was made from.

    Attributes:
        origin: The template and its version. It is trusted with nothing: that is for a catalog to say.
        files: Its files by path.
    """

    origin: Origin
    files: dict[str, LockedFile]


def lock(template: Template, project: Path) -> Lock:
    """The lock of a rendered project.

    Args:
        template: What it was rendered from.
        project: A folder with what was rendered and nothing else.
    """
    files = {
        path: LockedFile(hashlib.sha256((project / path).read_bytes()).hexdigest(), file_class(template, path))
        for path in files_of(project)
    }
    return Lock(template.origin, files)


def write(content: Lock, project: Path) -> None:
    """Writes the lock file of a project.

    Args:
        content: What it holds.
        project: The project's folder.
    """
    from importlib.metadata import version

    import yaml

    origin = content.origin
    document = {
        "schema": 1,
        **origin_document(origin),
        "copier": version("copier"),
        "files": {path: {"sha256": file.sha256, "class": file.owner} for path, file in content.files.items()},
    }
    file = project / LOCK_FILE
    file.parent.mkdir(exist_ok=True)
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    body = yaml.dump(document, Dumper=dumper, sort_keys=False, default_flow_style=None, width=200)
    file.write_text(f"# Written by mlstack: what this project was made from. Don't edit it.\n{body}", encoding="utf-8")


def origin_document(origin: Origin) -> dict[str, str]:
    """What a lock keeps of an origin.

    Args:
        origin: The origin.
    """
    return {name: getattr(origin, name) for name in _ORIGIN}


def origin_of(document: Mapping[str, Any]) -> Origin:
    """An origin as a lock kept it; it is trusted with nothing.

    Args:
        document: What was kept.

    Raises:
        LookupError: Something is missing.
        TypeError: Something isn't text.
    """
    catalog, template, source, wanted, version, ref, sha = (_text(document[name]) for name in _ORIGIN)
    return Origin(catalog, template, version, ref, sha, wanted, source)


_ORIGIN = ("catalog", "template", "source", "range", "version", "ref", "sha")


def read(project: Path) -> Lock:
    """Reads the lock file of a project.

    Args:
        project: The project's folder.

    Raises:
        UserError: There is none, or it is not one that mlstack wrote.
    """
    import yaml

    file = project / LOCK_FILE
    try:
        document: Any = yaml.safe_load(file.read_bytes())
        origin = origin_of(document)
        files = {str(path): LockedFile(_text(f["sha256"]), _text(f["class"])) for path, f in document["files"].items()}
    except FileNotFoundError:
        raise UserError(
            f"{project} was not made by mlstack init: it has no {LOCK_FILE}.",
            next_step="Adopt it: mlstack init --adopt.",
        ) from None
    except (OSError, yaml.YAMLError, UnicodeDecodeError, LookupError, TypeError, AttributeError) as error:
        raise UserError(
            f"{file} can't be read: {error}.", next_step=f"Take it back from git: git checkout -- {LOCK_FILE}"
        ) from None
    return Lock(origin, files)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} should be text")
    return value


def files_of(folder: Path) -> list[str]:
    """The files of a folder as sorted paths relative to it, with slashes; none of git's own.

    Args:
        folder: The folder.
    """
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return sorted(path.as_posix() for path in paths if path.parts[0] != ".git")


def file_class(template: Template, path: str) -> str:
    """Whose a generated file is.

    Args:
        template: Its template.
        path: The file, relative to the project.

    Returns:
        `owned`, `partial` or `seeded`; `seeded` where the template says nothing.
    """
    for name, patterns in template.ownership.items():
        if any(fnmatchcase(path, pattern) for pattern in patterns):
            return name
    return "seeded"
