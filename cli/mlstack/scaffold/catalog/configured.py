"""The catalogs that there are for this user, in the order in which a name is looked for.

`$MLSTACK_CATALOGS` names them, or `catalogs:` in `$MLSTACK_HOME/config.yml`: each the URL of a git repository with a
`catalog.yml` in it, or a path of such a repository, of a folder or of the file itself. The built-in one comes last.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack.home import mlstack_home
from mlstack.scaffold.catalog import builtin
from mlstack.scaffold.errors import Finding, ScaffoldError
from mlstack.scaffold.mirror import Mirror, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack.scaffold.catalog.entries import Catalog

CATALOG_FILE = "catalog.yml"
CONFIGURATION = "config.yml"


def catalogs(*, offline: bool = False) -> Iterator[Catalog]:
    """The catalogs in their order, each read when it is asked for.

    Args:
        offline: Whether nothing is fetched.

    Raises:
        ScaffoldError: One can't be reached and was never fetched (E140), or has no `catalog.yml` (E141).
        SpecError: One isn't valid.
    """
    for location in locations():
        yield read(location, offline=offline)
    yield builtin.catalog()


def locations() -> list[str]:
    """Where the catalogs of the user are: URLs and paths."""
    if variable := os.environ.get("MLSTACK_CATALOGS"):
        return variable.split()
    return [str(location) for location in _configuration().get("catalogs") or ()]


def _configuration() -> dict[str, Any]:
    file = mlstack_home() / CONFIGURATION
    if not file.is_file():
        return {}
    import yaml

    try:
        loaded = yaml.safe_load(file.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScaffoldError(Finding("E112", f"{file} is not YAML: {getattr(error, 'problem', error)}.")) from None
    return loaded if isinstance(loaded, dict) else {}


def read(location: str, *, offline: bool = False) -> Catalog:
    """Reads one catalog.

    Args:
        location: A URL or a path.
        offline: Whether nothing is fetched.

    Raises:
        ScaffoldError: It can't be reached and was never fetched (E140), or has no `catalog.yml` (E141).
        SpecError: It isn't valid.
    """
    from mlstack.scaffold.catalog.document import read_catalog

    path = Path(location).expanduser()
    if path.is_file():
        return read_catalog(path, location, str(path.parent.resolve()))
    if (path / CATALOG_FILE).is_file():
        return read_catalog(path / CATALOG_FILE, str(path / CATALOG_FILE), str(path.resolve()))
    mirror = Mirror.of(str(path.resolve()) if path.is_dir() else location)
    if not offline:
        _fetch(mirror)
    head = mirror.default_branch
    if head is None:
        raise UnreachableError(Finding("E140", f"the catalog {location} was never fetched."))
    file = mirror.files_at(head) / CATALOG_FILE
    if not file.is_file():
        raise ScaffoldError(Finding("E141", f"{location} has no {CATALOG_FILE}."))
    return read_catalog(file, f"{location}/{CATALOG_FILE}", mirror.source)


def _fetch(mirror: Mirror) -> None:
    """A catalog that can't be reached now is the one that was fetched last."""
    try:
        mirror.fetch_default_branch()
    except UnreachableError:
        if mirror.default_branch is None:
            raise
