"""Which templates there are: the built-in catalog, a folder of copier templates.

```
templates/              in a checkout, or `_templates/` in the installed package
    catalog.yml         names, titles, versions
    <source>/           a copier template
        copier.yml      its questions and settings
        ownership.yml   whose each generated file is
```
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mlstack_components.errors import MlstackError

from mlstack.scaffold.errors import Finding, ScaffoldError, did_you_mean

OWNERSHIP_CLASSES = ("owned", "partial", "seeded")


@dataclass(frozen=True)
class Template:
    """A template of a catalog.

    Attributes:
        catalog: The name of the catalog.
        name: The template's name in it.
        title: What it is for, one line.
        version: The version that is here.
        root: Its folder, absolute.
    """

    catalog: str
    name: str
    title: str
    version: str
    root: Path

    @cached_property
    def _configuration(self) -> dict[str, Any]:
        return _read_yaml(self.root / "copier.yml")

    @property
    def settings(self) -> dict[str, Any]:
        """The settings for copier, without the underscore in front."""
        return {key[1:]: value for key, value in self._configuration.items() if key.startswith("_")}

    @property
    def questions(self) -> dict[str, dict[str, Any]]:
        """The questions in their order, each in copier's long form."""
        return {
            key: value if isinstance(value, dict) else {"default": value}
            for key, value in self._configuration.items()
            if not key.startswith("_")
        }

    @cached_property
    def ownership(self) -> dict[str, list[str]]:
        """The patterns of each class of files, in the order in which they count."""
        declared = _read_yaml(self.root / "ownership.yml")
        return {name: declared.get(name, []) for name in OWNERSHIP_CLASSES}


def builtin_root() -> Path:
    """The folder of the built-in templates.

    Returns:
        `mlstack/_templates` of an installed wheel, or `templates` of the checkout that is installed editable.

    Raises:
        MlstackError: Neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_templates", package.parent.parent / "templates"):
        if (folder / "catalog.yml").is_file():
            return folder
    raise MlstackError("The built-in templates are missing.", next_step="Install mlstack again.")


def builtin_templates() -> dict[str, Template]:
    """The built-in templates by name."""
    root = builtin_root()
    catalog = _read_yaml(root / "catalog.yml")
    return {
        name: Template(catalog["org"], name, entry["title"], entry["recommended"], root / entry["source"])
        for name, entry in catalog["templates"].items()
    }


def find(name: str) -> Template:
    """A template by the name that the user typed.

    Args:
        name: Such as `realtime`, or `mlstack/realtime` with its catalog.

    Raises:
        ScaffoldError: There is none of that name (E101), or a version was asked for that isn't here (E102).
    """
    templates = builtin_templates()
    plain, _, version = name.partition("@")
    template = templates.get(plain.removeprefix("mlstack/"))
    if template is None:
        guess = did_you_mean(plain, list(templates))
        raise ScaffoldError(
            Finding("E101", f'unknown template "{plain}"{guess}.'), next_step=f"There are: {', '.join(templates)}."
        )
    if version and version != template.version:
        raise ScaffoldError(
            Finding("E102", f"no version of {template.name} matches {version}. Available: {template.version}.")
        )
    return template


def _read_yaml(file: Path) -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.load(file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    return loaded
