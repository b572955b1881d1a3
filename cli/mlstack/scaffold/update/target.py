"""The version that a project goes to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.version import Version

from mlstack.scaffold import ranges
from mlstack.scaffold.catalog import find
from mlstack.scaffold.errors import Finding, ScaffoldError

if TYPE_CHECKING:
    from mlstack.scaffold.catalog.entries import CatalogTemplate, Release
    from mlstack.scaffold.lock import Lock
    from mlstack.scaffold.template import Template


@dataclass(frozen=True)
class Target:
    """Where an update leads.

    Attributes:
        base: The template as the project has it.
        template: The template as it will be.
        releases: The versions between, the target's included, newest first: what they say is the changelog.
        newer: The newest version of all, which may lie outside of the project's range.
    """

    base: Template
    template: Template
    releases: tuple[Release, ...]
    newer: str

    @property
    def is_current(self) -> bool:
        """True if there is nothing to do."""
        return self.template.origin.sha == self.base.origin.sha

    @property
    def is_newer_outside(self) -> bool:
        """True if there is a newer version that the project's range doesn't hold."""
        return Version(self.newer) > Version(self.template.origin.version)

    def with_template(self, template: Template) -> Target:
        """The same with another template.

        Args:
            template: The template at the same version.
        """
        return replace(self, template=template)


def target_of(locked: Lock, to: str = "", *, offline: bool = False) -> Target:
    """Finds the version that a project goes to, and its own.

    Args:
        locked: What the project was made from.
        to: The range that it shall be in from now on; empty for the one that it is in.
        offline: Whether nothing is fetched.

    Raises:
        ScaffoldError: The template or the version isn't there any more (E101, E102), is older (E153), a tag was moved
            (E130), or it can't be fetched (E140).
    """
    origin = locked.origin
    entry = find.find_entry(find.Wish(origin.catalog, origin.template, ""), offline=offline)
    release = find.choose(entry, to or origin.range)
    if Version(release.version) < Version(origin.version):
        raise ScaffoldError(
            Finding("E153", f"{to or origin.range} leads back from {origin.version} to {release.version}."),
            next_step="A project only goes forward; to go back, revert the update's commit.",
        )
    template = find.opened(entry, release, to or origin.range, offline=offline)
    base = find.reopened(origin, template.origin.trust, offline=offline)
    return Target(base, template, _between(entry, origin.version, release.version), find.newest_version(entry))


def _between(entry: CatalogTemplate, old: str, new: str) -> tuple[Release, ...]:
    inside = set(ranges.specifiers(f">{old},<={new}").filter((r.version for r in entry.releases), prereleases=True))
    return tuple(release for release in entry.releases if release.version in inside)
