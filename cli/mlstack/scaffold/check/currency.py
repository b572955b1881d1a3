"""Whether there is a newer version of a project's template, and whether anybody should still use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

from mlstack.scaffold import ranges
from mlstack.scaffold.catalog import find
from mlstack.scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from mlstack.scaffold.lock import Lock


@dataclass(frozen=True)
class Currency:
    """How a project's version stands to what its catalog has.

    Attributes:
        version: The project's version.
        update: The newest version within its range that is newer; None where there is none.
        newest: The newest version of all; the project's own where the catalog isn't known.
        deprecated: Since when, and what to use instead; None where it isn't.
        unknown: Why the catalog could not be asked; None where it could.
    """

    version: str
    update: str | None
    newest: str
    deprecated: str | None = None
    unknown: str | None = None


def currency_of(locked: Lock, *, offline: bool = False) -> Currency:
    """Looks a project's template up in its catalog.

    Args:
        locked: What the project was made from.
        offline: Whether nothing is fetched.
    """
    origin = locked.origin
    try:
        entry = find.find_entry(find.Wish(origin.catalog, origin.template, ""), offline=offline)
    except ScaffoldError as error:
        # A machine of continuous integration need not know the catalog; what drifted it can tell all the same.
        return Currency(origin.version, None, origin.version, unknown=str(error.findings[0]))
    inside = ranges.newest([release.version for release in entry.releases], origin.range)
    update = inside if inside is not None and Version(inside) > Version(origin.version) else None
    deprecated = str(entry.deprecated) if entry.deprecated else None
    return Currency(origin.version, update, find.newest_version(entry), deprecated)
