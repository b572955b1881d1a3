"""From what the user typed to one version of one template."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.version import Version

from mlstack import __version__
from mlstack.scaffold import ranges
from mlstack.scaffold.catalog import builtin, configured
from mlstack.scaffold.errors import Finding, ScaffoldError, did_you_mean
from mlstack.scaffold.mirror import Mirror, UnreachableError
from mlstack.scaffold.template import Origin, Template

if TYPE_CHECKING:
    from mlstack.scaffold.catalog.entries import CatalogTemplate, Release


@dataclass(frozen=True)
class Wish:
    """What the user typed.

    Attributes:
        catalog: The catalog, or empty for the first one that has such a template.
        template: The template's name.
        range: The range of versions, or empty for what the catalog recommends.
    """

    catalog: str
    template: str
    range: str

    @classmethod
    def parse(cls, text: str) -> Wish:
        """Reads such as `realtime`, `acme/churn-batch` or `acme/churn-batch@^2`."""
        name, _, wanted = text.partition("@")
        catalog, _, template = name.rpartition("/")
        return cls(catalog, template, wanted)


def find(text: str, *, offline: bool = False) -> Template:
    """The template that the user means, its files at hand.

    Args:
        text: Such as `realtime`, `acme/churn-batch` or `acme/churn-batch@^2`.
        offline: Whether nothing is fetched.

    Raises:
        ScaffoldError: There is none of that name (E101) or no such version (E102), its tag was moved (E130), or it
            can't be fetched (E140).
    """
    wish = Wish.parse(text)
    entry = find_entry(wish, offline=offline)
    release = choose(entry, wish.range)
    return opened(entry, release, wish.range or ranges.caret(release.version), offline=offline)


def find_entry(wish: Wish, *, offline: bool = False) -> CatalogTemplate:
    """The template in the catalogs.

    Args:
        wish: What the user typed.
        offline: Whether nothing is fetched.

    Raises:
        ScaffoldError: No catalog has it (E101).
    """
    if wish.catalog == builtin.NAME:
        known = [builtin.catalog()]
    else:
        known = []
        for catalog in configured.catalogs(offline=offline):
            if catalog.name == (wish.catalog or catalog.name) and wish.template in catalog.templates:
                return catalog.templates[wish.template]
            known.append(catalog)
    if wish.catalog and wish.catalog not in (names := [catalog.name for catalog in known]):
        guess = did_you_mean(wish.catalog, names)
        raise ScaffoldError(Finding("E101", f'unknown catalog "{wish.catalog}"{guess}.'), next_step=_LIST)
    templates = {
        t.name: t
        for catalog in known
        if catalog.name == (wish.catalog or catalog.name)
        for t in catalog.templates.values()
    }
    if wish.template in templates:
        return templates[wish.template]
    guess = did_you_mean(wish.template, list(templates))
    raise ScaffoldError(Finding("E101", f'unknown template "{wish.template}"{guess}.'), next_step=_LIST)


_LIST = "List: mlstack template list"


def choose(entry: CatalogTemplate, wanted: str) -> Release:
    """The newest version that is wanted and works with this mlstack.

    Args:
        entry: The template.
        wanted: A range; empty for the recommended version.

    Raises:
        ScaffoldError: There is none (E102).
    """
    if not wanted:
        wanted = entry.recommended
    version = ranges.newest([release.version for release in entry.releases], wanted)
    release = entry.release(version) if version else None
    if release is None:
        available = ", ".join(release.version for release in entry.releases)
        raise ScaffoldError(Finding("E102", f"no version of {entry.name} matches {wanted}. Available: {available}."))
    if release.works_with(__version__):
        return release
    usable = [r.version for r in entry.releases if r.works_with(__version__)]
    older = ranges.newest(usable, wanted)
    found = entry.release(older) if older else None
    if found is None:
        message = f"{entry.name} {release.version} needs mlstack {release.min_mlstack}; this is {__version__}."
        raise ScaffoldError(Finding("E102", message), next_step="Install a newer mlstack.")
    return found


def opened(entry: CatalogTemplate, release: Release, wanted: str, *, offline: bool = False) -> Template:
    """A version of a template with its files at hand.

    Args:
        entry: The template.
        release: The version.
        wanted: The range that a project made from it stays in.
        offline: Whether nothing is fetched.

    Raises:
        ScaffoldError: Its tag leads to another commit than the catalog recorded (E130), or it can't be fetched (E140).
    """
    origin = Origin(
        catalog=entry.catalog,
        template=entry.name,
        version=release.version,
        ref=release.ref,
        sha=release.sha,
        range=wanted,
        source=entry.source,
        trust=entry.trust,
    )
    if entry.catalog == builtin.NAME and shutil.which("git") is None and release == entry.releases[0]:
        # The newest release of a built-in template is what its sources are, so that this one needs no git.
        return Template(origin, builtin.root() / entry.name)
    mirror = mirror_of(origin)
    if entry.catalog != builtin.NAME and not offline:
        _fetch(mirror, entry)
    verify(mirror, origin)
    return Template(origin, mirror.files_at(release.sha), mirror)


def mirror_of(origin: Origin) -> Mirror:
    """The mirror that a template's files come from.

    Args:
        origin: Where the template is from.
    """
    return builtin.mirror(origin.template) if origin.catalog == builtin.NAME else Mirror.of(origin.source)


def _fetch(mirror: Mirror, entry: CatalogTemplate) -> None:
    try:
        mirror.fetch()
    except UnreachableError as error:
        cached = [r.version for r in entry.releases if mirror.is_there and mirror.commit_of(r.sha)]
        if not cached:
            raise
        message = f"{error.findings[0].message} Cached: {', '.join(cached)}; use --offline."
        raise UnreachableError(replace(error.findings[0], message=message)) from None


def verify(mirror: Mirror, origin: Origin) -> None:
    """Checks that a version is still what the catalog or a project's lock recorded.

    Args:
        mirror: The mirror of its source.
        origin: What was recorded.

    Raises:
        ScaffoldError: Its tag leads to another commit (E130), or is gone (E133).
        UnreachableError: It was never fetched (E140).
    """
    if not mirror.is_there:
        raise UnreachableError(Finding("E140", f"{origin.source} was never fetched; go without --offline."))
    found = mirror.commit_of(origin.ref)
    if found is None:
        raise ScaffoldError(Finding("E133", f"{origin.source} has no tag {origin.ref}."))
    if found != origin.sha:
        recorded = f"tag {origin.ref} now points to {found[:12]}, but {origin.sha[:12]} was recorded"
        raise ScaffoldError(
            Finding("E130", f"{recorded}; refusing (tag moved)."),
            next_step=f"Ask {origin.catalog} what happened to {origin.source}.",
        )


def newest_version(entry: CatalogTemplate) -> str:
    """The newest version of a template, pre-releases aside unless there is nothing else.

    Args:
        entry: The template.
    """
    return max(entry.releases, key=lambda r: (not Version(r.version).is_prerelease, Version(r.version))).version


def reopened(origin: Origin, trust: frozenset[str] = frozenset(), *, offline: bool = False) -> Template:
    """The version that a project was made from, whether a catalog still has it or not.

    Args:
        origin: What the project's lock recorded.
        trust: What it may run.
        offline: Whether nothing is fetched.

    Raises:
        ScaffoldError: Its tag leads to another commit than the lock recorded (E130), or it was never fetched (E140).
    """
    mirror = mirror_of(origin)
    if not offline and (not mirror.is_there or mirror.commit_of(origin.sha) is None):
        mirror.fetch()
    verify(mirror, origin)
    return Template(replace(origin, trust=trust), mirror.files_at(origin.sha), mirror)
