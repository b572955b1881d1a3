"""The catalog that mlstack carries: names and versions in `catalog.yml`, and all releases in one git bundle.

```
templates/                  in a checkout, or `_templates/` in the installed package
    catalog.yml
    releases.bundle         a git bundle with a tag <template>/v<version> for each release
    <template>/             the sources of the next release; projects are made from the bundle
```
So a built-in template has versions, commits and an offline update like any other.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from mlstack_components.errors import MlstackError

from mlstack.scaffold.catalog.entries import Catalog, catalog_of
from mlstack.scaffold.mirror import Mirror, cache

NAME = "mlstack"
BUNDLE = "releases.bundle"


def root() -> Path:
    """The folder of the built-in templates.

    Returns:
        `mlstack/_templates` of an installed wheel, or `templates` of the checkout that is installed editable.

    Raises:
        MlstackError: Neither is there.
    """
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_templates", package.parent.parent / "templates"):
        if (folder / "catalog.yml").is_file():
            return folder
    raise MlstackError("The built-in templates are missing.", next_step="Install mlstack again.")


def document(folder: Path) -> dict[str, Any]:
    """The catalog's document. It is ours and tested, so nothing of it is checked: that would take each `init` longer.

    Args:
        folder: The folder of the templates.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load((folder / "catalog.yml").read_bytes(), Loader=loader)  # noqa: S506 - both are safe
    return loaded


def catalog() -> Catalog:
    """The built-in catalog."""
    return catalog_of(document(root()))


def mirror(template: str) -> Mirror:
    """The mirror of a built-in template: its releases out of the bundle.

    Args:
        template: Its name.
    """
    bundle = root() / BUNDLE
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()[:16]
    mirror = Mirror(str(bundle), cache() / f"{NAME}-{digest}" / f"{template}.git")
    if not mirror.is_there:
        mirror.fetch(f"+refs/tags/{template}/*:refs/tags/*")
    return mirror
