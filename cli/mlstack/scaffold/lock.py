"""`.mlstack/lock.yml`: what a project was made from, so that an update or a check later knows where it began.

```yaml
schema: 1
catalog: mlstack
template: realtime
version: 0.1.0
sha256: ...             of the template's folder: a built-in template has no commit
copier: 9.19.1
files:
  src/train.py: {sha256: ..., class: seeded}
```
"""

from __future__ import annotations

import hashlib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack.scaffold.catalog import Template

LOCK_FILE = Path(".mlstack") / "lock.yml"


def lock(template: Template, project: Path) -> dict[str, Any]:
    """What the lock file of a rendered project holds.

    Args:
        template: What it was rendered from.
        project: The project's folder, just rendered.
    """
    from importlib.metadata import version

    return {
        "schema": 1,
        "catalog": template.catalog,
        "template": template.name,
        "version": template.version,
        "sha256": _tree_digest(template.root),
        "copier": version("copier"),
        "files": {
            path: {
                "sha256": hashlib.sha256((project / path).read_bytes()).hexdigest(),
                "class": file_class(template, path),
            }
            for path in files_of(project)
        },
    }


def write(template: Template, project: Path) -> None:
    """Writes the lock file.

    Args:
        template: What the project was rendered from.
        project: The project's folder, just rendered.
    """
    import yaml

    file = project / LOCK_FILE
    content = lock(template, project)
    file.parent.mkdir(exist_ok=True)
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    body = yaml.dump(content, Dumper=dumper, sort_keys=False, default_flow_style=None, width=200)
    file.write_text(f"# Written by mlstack: what this project was made from. Don't edit it.\n{body}", encoding="utf-8")


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


def _tree_digest(root: Path) -> str:
    digest = hashlib.sha256()
    for path in files_of(root):
        if "__pycache__" not in path:
            digest.update(f"{path}\0{hashlib.sha256((root / path).read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
