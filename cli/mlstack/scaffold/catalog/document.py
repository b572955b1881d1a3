"""Reads a `catalog.yml` that somebody else wrote: hostile until it is checked, and every mistake with its line."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from mlstack_components.errors import Problem, SpecError
from mlstack_stacks.spec.problems import problems_of
from mlstack_stacks.spec.read_yaml import read
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from mlstack.scaffold.catalog.entries import Catalog, catalog_of

CATALOG_FILE = "catalog.yml"
_NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_URL = re.compile(r"^([a-z][a-z0-9+]*://|[^/]+@[^/]+:)")


def _version(text: str) -> str:
    try:
        Version(text)
    except InvalidVersion:
        raise ValueError('must be a version, such as "2.3.1".') from None
    return text


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


_Version = Annotated[str, AfterValidator(_version)]
_Day = Annotated[date, BeforeValidator(_day)]
_Name = Annotated[str, Field(pattern=_NAME)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Release(_Model):
    version: _Version
    ref: Annotated[str, Field(min_length=1)]
    sha: Annotated[str, Field(pattern="^[0-9a-f]{40}$")]
    min_mlstack: _Version | Literal[""] = ""
    notes: str = ""
    breaking: bool = False


class _Deprecation(_Model):
    since: _Day
    use: str = ""
    remove: _Day | None = None


class _Template(_Model):
    title: str
    source: Annotated[str, Field(min_length=1)]
    owner: str = ""
    tags: tuple[str, ...] = ()
    recommended: _Version
    trust: tuple[Literal["tasks", "migrations", "jinja_extensions"], ...] = ()
    deprecated: _Deprecation | None = None
    versions: tuple[_Release, ...]


class _Catalog(_Model):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    org: _Name
    templates: dict[_Name, _Template]


def read_catalog(file: Path, shown: str, base: str) -> Catalog:
    """Reads a catalog.

    Args:
        file: Where it is.
        shown: What messages call it: the URL or path that the user knows it by.
        base: The repository or folder that it is in; a source that is a path is one from there.

    Raises:
        SpecError: It is no catalog; every problem is listed.
    """
    name = Path(shown)
    try:
        tree = read(file)
        document = tree.data()
        checked = _Catalog.model_validate(document).model_dump(by_alias=True)
    except SpecError as error:
        raise SpecError([Problem(name, p.line, p.key, p.message, p.suggestion) for p in error.problems]) from None
    except ValidationError as error:
        raise SpecError(list(problems_of(error, name, tree, _Catalog))) from None
    if problems := [
        Problem(name, 0, f"templates.{key}.recommended", f'"{entry["recommended"]}" is none of its versions.')
        for key, entry in checked["templates"].items()
        if entry["recommended"] not in {release["version"] for release in entry["versions"]}
    ]:
        raise SpecError(problems)
    for entry in checked["templates"].values():
        entry["source"] = _resolved(entry["source"], base)
    return catalog_of(checked)


def _resolved(source: str, base: str) -> str:
    """A source as git takes it from anywhere: a path is one beside the catalog, which may itself be at a URL."""
    if _URL.match(source) or source.startswith(("/", "~")):
        return str(Path(source).expanduser()) if source.startswith("~") else source
    if not _URL.match(base):
        return str((Path(base) / source).resolve())
    parts = base.rstrip("/").split("/")
    for part in source.split("/"):
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
