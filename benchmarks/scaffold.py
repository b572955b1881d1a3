"""`mlstack init` and `mlstack update` beside copier's own commands, same template, same answers."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from benchmarks.local_cloud import BIN
from benchmarks.measure import Figure, command, in_pairs

TEMPLATE = Path(__file__).parent.parent / "templates" / "realtime"


def measure(folder: Path) -> Iterable[Figure]:
    """Limits: 0.6 x without and with git; an update as fast as copier's."""
    yield from _init(folder)
    yield _update(folder)


def _init(folder: Path) -> Iterable[Figure]:
    numbers = itertools.count()

    def mlstack(*options: str) -> None:
        target = folder / f"mlstack-{next(numbers)}"
        command([BIN / "mlstack", "init", "realtime", target, "--yes", "--set", "name=weather", *options], cwd=folder)()

    def copier() -> None:
        target = folder / f"copier-{next(numbers)}"
        answers = ("--defaults", "--quiet", "--data", "name=weather")
        command([BIN / "copier", "copy", *answers, TEMPLATE, target], cwd=folder)()

    for name, options in (("mlstack init", ()), ("mlstack init --no-git", ("--no-git",))):
        pairs = in_pairs(partial(mlstack, *options), copier, runs=7)
        yield Figure(f"{name} / copier copy", pairs.ratio, "x", 0.6, pairs.describe("mlstack", "copier"))


def _update(folder: Path) -> Figure:
    """A platform team's template in git, at two versions, and a project of the first with an edit."""
    template, catalog, project = folder / "template", folder / "catalog", folder / "weather"
    shutil.copytree(TEMPLATE, template)
    _git(template, "init", "--quiet")
    versions = []
    for version in ("1.0.0", "1.1.0"):
        (template / "template" / "pyproject.toml").open("a").write(f"# {version}\n")
        _git(template, "add", "--all")
        _git(template, "commit", "--quiet", "--message", version)
        _git(template, "tag", f"v{version}")
        sha = _git(template, "rev-parse", "HEAD").strip()
        versions.append({"version": version, "ref": f"v{version}", "sha": sha})
    entry = {"title": "Weather", "source": str(template), "recommended": "1.0.0", "versions": versions}
    catalog.mkdir()
    (catalog / "catalog.yml").write_text(json.dumps({"schema": 1, "org": "acme", "templates": {"weather": entry}}))
    environment = {"MLSTACK_CATALOGS": str(catalog), "MLSTACK_CACHE": str(folder / "cache")}
    command([BIN / "mlstack", "init", "acme/weather", project, "--yes"], cwd=folder, env=environment)()
    (project / "README.md").open("a").write("mine\n")
    _git(project, "commit", "--quiet", "--all", "--message", "mine")
    numbers = itertools.count()

    def updated(*update: str) -> None:
        copy = folder / f"updated-{next(numbers)}"
        shutil.copytree(project, copy)
        command([BIN / update[0], *update[1:]], cwd=copy, env=environment)()

    mlstack = partial(updated, "mlstack", "update", "--yes")
    copier = partial(updated, "copier", "update", "--defaults", "--quiet", "--vcs-ref", "v1.1.0")
    pairs = in_pairs(mlstack, copier, runs=7)
    return Figure("mlstack update / copier update", pairs.ratio, "x", 1, pairs.describe("mlstack", "copier"))


def _git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgSign=false")
    return command(["git", *who, *arguments], cwd=folder)()
