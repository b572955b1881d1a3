"""What a catalog says; the shape of `catalog.yml`.

```yaml
schema: 1
org: acme
templates:
  churn-batch:
    title: Batch scoring
    source: https://git.acme.example/ml/tpl-churn.git    # or a path beside the catalog
    tags: [batch, aws]
    owner: ml-platform
    recommended: 2.3.1
    trust: [tasks, migrations]                           # what its templates may run
    deprecated: {since: 2026-12-01, use: batch-v2, remove: 2027-06-01}
    versions:
      - {version: 2.3.1, ref: v2.3.1, sha: "<40 hex>", min_mlstack: "1.4", notes: "Adds drift monitor", breaking: false}
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

TRUST = ("tasks", "migrations", "jinja_extensions")


@dataclass(frozen=True)
class Release:
    """One version of a template; it never changes once it is in a catalog.

    Attributes:
        version: Such as `2.3.1`.
        ref: The tag.
        sha: The commit that the tag led to when the version was published, 40 hexadecimal digits.
        min_mlstack: The oldest mlstack that it works with; empty for any.
        notes: What is new, a line or more.
        breaking: Whether users of the version before have to do something.
    """

    version: str
    ref: str
    sha: str
    min_mlstack: str = ""
    notes: str = ""
    breaking: bool = False

    def works_with(self, mlstack: str) -> bool:
        """True if this version of mlstack is new enough.

        Args:
            mlstack: Its version.
        """
        return not self.min_mlstack or Version(mlstack) >= Version(self.min_mlstack)


@dataclass(frozen=True)
class Deprecation:
    """A template that nobody should begin with.

    Attributes:
        since: From when on.
        use: The template to take instead; empty where there is none.
        remove: When it may be gone; None where nobody said.
    """

    since: date
    use: str = ""
    remove: date | None = None

    def __str__(self) -> str:
        instead = f"; use {self.use}" if self.use else ""
        end = f"; it goes on {self.remove}" if self.remove else ""
        return f"deprecated since {self.since}{instead}{end}"


@dataclass(frozen=True)
class CatalogTemplate:
    """A template with all of its versions.

    Attributes:
        catalog: The name of the catalog.
        name: The template's name in it.
        title: What it is for, one line.
        source: The repository, a URL or an absolute path; for a built-in one what stands in its projects instead.
        owner: Who answers for it.
        tags: Words to find it by.
        recommended: The version that a new project gets.
        releases: The versions, newest first.
        trust: What its templates may run: some of `TRUST`.
        deprecated: Whether and since when it should not be used.
    """

    catalog: str
    name: str
    title: str
    source: str
    owner: str
    tags: tuple[str, ...]
    recommended: str
    releases: tuple[Release, ...]
    trust: frozenset[str] = frozenset()
    deprecated: Deprecation | None = None

    @property
    def full_name(self) -> str:
        """The name that is unambiguous: with its catalog."""
        return f"{self.catalog}/{self.name}"

    def release(self, version: str) -> Release | None:
        """The release of a version.

        Args:
            version: The version exactly.
        """
        return next((release for release in self.releases if release.version == version), None)


@dataclass(frozen=True)
class Catalog:
    """A catalog.

    Attributes:
        name: Its organisation's name.
        templates: Its templates by name.
    """

    name: str
    templates: dict[str, CatalogTemplate]


def catalog_of(document: Mapping[str, Any]) -> Catalog:
    """A catalog from its document.

    Args:
        document: What stands in a `catalog.yml` that was checked, sources resolved.
    """
    name = document["org"]
    return Catalog(name, {key: _template(name, key, entry) for key, entry in document["templates"].items()})


def _template(catalog: str, name: str, entry: Mapping[str, Any]) -> CatalogTemplate:
    releases = [Release(**release) for release in entry["versions"]]
    deprecated = entry.get("deprecated")
    return CatalogTemplate(
        catalog=catalog,
        name=name,
        title=entry["title"],
        source=entry["source"],
        owner=entry.get("owner", ""),
        tags=tuple(entry.get("tags", ())),
        recommended=entry["recommended"],
        releases=tuple(sorted(releases, key=lambda release: Version(release.version), reverse=True)),
        trust=frozenset(entry.get("trust", ())),
        deprecated=Deprecation(**deprecated) if deprecated else None,
    )
