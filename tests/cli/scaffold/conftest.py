"""Tiny templates, made for one test each, and a platform team that publishes them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
import yaml
from mlstack.scaffold.template import Origin, Template

if TYPE_CHECKING:
    from pathlib import Path

MakeTemplate = Callable[..., Template]

PLAIN = """
_envops: {undefined: jinja2.StrictUndefined}
name: {type: str, default: weather}
"""


@pytest.fixture
def make_template(tmp_path: Path) -> MakeTemplate:
    """Makes a template of a questions file and files by path."""

    def make(questions: str = PLAIN, files: dict[str, str] | None = None) -> Template:
        root = tmp_path / "template"
        root.mkdir()
        (root / "copier.yml").write_text(dedent(questions))
        (root / "ownership.yml").write_text('owned: ["*.yml"]\n')
        for path, text in (files or {}).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return Template(Origin("test", "tiny", "1.0.0", "", "", "^1", str(root)), root)

    return make


class PlatformTeam:
    """A team with a template and a catalog, each a plain git repository; mlstack knows the catalog.

    Attributes:
        template: The template's working tree.
        catalog: The catalog's working tree.
        versions: The catalog's entries of what was published, newest first.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.template, self.catalog = folder / "tpl-churn", folder / "catalog"
        self.versions: list[dict[str, object]] = []
        for repository in (self.template, self.catalog):
            repository.mkdir(parents=True)
            git(repository, "init", "--quiet", "--initial-branch=main")
        monkeypatch.setenv("MLSTACK_CATALOGS", str(self.catalog))
        monkeypatch.setenv("MLSTACK_CACHE", str(folder / "cache"))

    def publish(self, version: str, files: dict[str, str | None], *, notes: str = "", **entry: object) -> str:
        """Publishes a version: writes files (None deletes), commits, tags, adds it to the catalog; gives the commit."""
        for path, text in files.items():
            file = self.template / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True) if text is None else file.write_text(dedent(text))
        sha = commit(self.template, version)
        git(self.template, "tag", f"v{version}")
        self.versions.insert(0, {"version": version, "ref": f"v{version}", "sha": sha, "notes": notes})
        self.write_catalog(recommended=version, **entry)
        return sha

    def write_catalog(self, **entry: object) -> None:
        """Commits the catalog with the template's entry."""
        template = {"title": "Churn", "source": "../tpl-churn", "versions": self.versions, **entry}
        document = {"schema": 1, "org": "acme", "templates": {"churn": template}}
        (self.catalog / "catalog.yml").write_text(yaml.safe_dump(document))
        commit(self.catalog, "catalog")


@pytest.fixture
def platform_team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlatformTeam:
    """A platform team that has published nothing yet."""
    return PlatformTeam(tmp_path / "platform", monkeypatch)


def git(folder: Path, *arguments: str) -> str:
    """Runs git as a user would."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgSign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path, message: str) -> str:
    """Commits everything; gives the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")
