"""A version of a template, its files at hand.

```
<root>/
    copier.yml          its questions and settings
    ownership.yml       whose each generated file is
    ...                 what is rendered
```
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack.scaffold.mirror import Mirror

OWNERSHIP_CLASSES = ("owned", "partial", "seeded")
QUESTIONS_FILE = "copier.yml"
OWNERSHIP_FILE = "ownership.yml"


@dataclass(frozen=True)
class Origin:
    """Where a template is from.

    Attributes:
        catalog: The name of the catalog.
        template: The template's name in it.
        version: The version.
        ref: Its tag; empty for a folder that is no release, such as an author's own.
        sha: Its commit.
        range: The versions that a project made from it may be updated to.
        source: The repository, a URL or an absolute path; of a built-in template its full name.
        trust: What it may run, some of `catalog.entries.TRUST`.
    """

    catalog: str
    template: str
    version: str
    ref: str
    sha: str
    range: str
    source: str
    trust: frozenset[str] = field(default=frozenset())

    @property
    def full_name(self) -> str:
        """The name with its catalog."""
        return f"{self.catalog}/{self.template}"


@dataclass(frozen=True)
class Template:
    """A template at one version.

    Attributes:
        origin: Where it is from.
        root: Its files.
        mirror: The repository that they are out of; None for a folder.
    """

    origin: Origin
    root: Path
    mirror: Mirror | None = None

    @cached_property
    def _configuration(self) -> dict[str, Any]:
        return _read_yaml(self.root / QUESTIONS_FILE)

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

    @property
    def answers_file(self) -> str:
        """Where a project keeps the answers, relative to it."""
        return str(self.settings.get("answers_file", ".copier-answers.yml"))

    @cached_property
    def ownership(self) -> dict[str, list[str]]:
        """The patterns of each class of files, in the order in which they count; none where nothing is declared."""
        file = self.root / OWNERSHIP_FILE
        declared = _read_yaml(file) if file.is_file() else {}
        return {name: declared.get(name) or [] for name in OWNERSHIP_CLASSES}


def _read_yaml(file: Path) -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.load(file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    return loaded
