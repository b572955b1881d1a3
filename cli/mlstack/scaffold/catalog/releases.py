"""Releases built-in templates: for who maintains mlstack (`make templates`).

A template's sources become a commit whose author and date are always the same, so that anybody gets the same commit
from the same sources; its parent is the release before. Commit and tag go into the bundle, the version into the
catalog.

Usage: `python -m mlstack.scaffold.catalog.releases realtime 0.2.0 "What is new"`
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from mlstack_components.errors import UserError

from mlstack import __version__
from mlstack.scaffold import git
from mlstack.scaffold.catalog import builtin

_WHO = {
    "GIT_AUTHOR_NAME": "mlstack",
    "GIT_AUTHOR_EMAIL": "mlstack@localhost",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "mlstack",
    "GIT_COMMITTER_EMAIL": "mlstack@localhost",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}
_IGNORED = ("__pycache__", "*.py[co]", ".DS_Store")


def tree_of(repository: Path, folder: Path) -> str:
    """Writes a folder's files into a repository.

    Args:
        repository: A bare repository.
        folder: The folder.

    Returns:
        The tree's name. The same files have the same name everywhere.
    """
    with tempfile.TemporaryDirectory() as scratch:
        environment = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        ignored = [f":(exclude,glob)**/{pattern}" for pattern in _IGNORED]
        work_tree = f"--work-tree={folder}"
        git.output(
            repository, "-c", "core.bare=false", work_tree, "add", "--all", "--force", "--", str(folder), *ignored,
            environment=environment,
        )  # fmt: skip
        return git.output(repository, "write-tree", environment=environment)


def release(root: Path, template: str, version: str, notes: str) -> str:
    """Adds a release to the bundle and the catalog.

    Args:
        root: The folder of the built-in templates.
        template: The template's name.
        version: The new version.
        notes: What is new.

    Returns:
        The commit.

    Raises:
        UserError: The version is there already, or nothing changed since the last one.
    """
    catalog = builtin.document(root)
    entry = catalog["templates"][template]
    before = entry["versions"][0] if entry["versions"] else None
    if any(known["version"] == version for known in entry["versions"]):
        raise UserError(f"{template} {version} is released already.", next_step="Take the next number.")
    with tempfile.TemporaryDirectory() as scratch:
        repository = Path(scratch)
        git.output(repository, "init", "--quiet", "--bare", "--template=")
        bundle = root / builtin.BUNDLE
        if bundle.exists():
            git.output(repository, "fetch", "--quiet", str(bundle), "+refs/tags/*:refs/tags/*")
        tree = tree_of(repository, root / template)
        if before and git.output(repository, "rev-parse", f"{before['sha']}^{{tree}}") == tree:
            raise UserError(f"Nothing changed since {template} {before['version']}.")
        parent = ("-p", before["sha"]) if before else ()
        message = f"{template} {version}: {notes}"
        sha = git.output(repository, "commit-tree", tree, *parent, "-m", message, environment=_WHO)
        git.output(repository, "tag", f"{template}/v{version}", sha)
        # One thread, or the same objects could be packed in another way.
        git.output(repository, "-c", "pack.threads=1", "bundle", "create", "--quiet", str(bundle), "--tags")
    _record(root / "catalog.yml", template, version, sha, notes)
    return sha


def _record(catalog: Path, template: str, version: str, sha: str, notes: str) -> None:
    """Writes the version into the catalog, whose comments stay."""
    text = catalog.read_text(encoding="utf-8")
    line = (
        f'      - {{version: "{version}", ref: v{version}, sha: "{sha}", min_mlstack: "{__version__}",'
        f' notes: "{notes}"}}\n'
    )
    head, name, rest = text.partition(f"  {template}:\n")
    rest = re.sub(r"recommended: .*", f'recommended: "{version}"', rest, count=1)
    rest = re.sub(r"versions:(?: \[\])?\n", lambda _: f"versions:\n{line}", rest, count=1)
    catalog.write_text(head + name + rest, encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.write(f"{release(builtin.root(), *sys.argv[1:])}\n")
