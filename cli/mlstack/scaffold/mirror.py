"""Mirrors of the repositories that templates and catalogs come from, and folders of single commits out of them.

```
$MLSTACK_CACHE/templates/
    <digest of the source>.git/     a bare mirror; it stays when the network is away
    commits/<sha>/                  the files of one commit, read only by mlstack
```
A mirror or a folder is made beside its place and renamed, so that it is whole or not there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_components.errors import EXIT_NETWORK

from mlstack.home import cache_home
from mlstack.scaffold import git
from mlstack.scaffold.errors import Finding, ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterator

# What comes from elsewhere is checked before it is kept.
_CHECKED = ("-c", "transfer.fsckObjects=true")
_ALL = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_DEFAULT_BRANCH = "refs/mlstack/default"


class UnreachableError(ScaffoldError):
    """A source can't be reached, or isn't a repository (E140)."""

    exit_code = EXIT_NETWORK


def cache() -> Path:
    """The folder of mirrors and commits; it need not exist."""
    return cache_home() / "templates"


@dataclass(frozen=True)
class Mirror:
    """The mirror of one source.

    Attributes:
        source: A URL, or the path of a repository.
        folder: The bare repository; it need not exist.
    """

    source: str
    folder: Path

    @classmethod
    def of(cls, source: str) -> Mirror:
        """The mirror of a source, fetched or not.

        Args:
            source: A URL, or an absolute path.
        """
        return cls(source, cache() / f"{hashlib.sha256(source.encode()).hexdigest()[:32]}.git")

    @property
    def is_there(self) -> bool:
        """True if it was fetched once."""
        return (self.folder / "HEAD").is_file()

    def fetch(self, *refspecs: str) -> None:
        """Brings it up to date; what the source has no more goes here too.

        Args:
            refspecs: What is taken from where to where, as git writes it; branches and tags by default.

        Raises:
            UnreachableError: The source can't be reached; the mirror is as it was.
        """
        fetch = (*_CHECKED, "fetch", "--quiet", "--prune", "--force", "--", self.source, *(refspecs or _ALL))
        try:
            if self.is_there:
                git.output(self.folder, *fetch)
            else:
                with _made(self.folder) as folder:
                    git.output(folder, "init", "--quiet", "--bare", "--template=")
                    git.output(folder, *fetch)
        except git.GitError as error:
            raise UnreachableError(
                Finding("E140", f"cannot reach {self.source}: {error.said.splitlines()[-1]}.")
            ) from None

    def fetch_default_branch(self) -> None:
        """Brings the branch up to date that the source shows to who names none.

        Raises:
            UnreachableError: The source can't be reached, or has no commit; the mirror is as it was.
        """
        self.fetch(f"+HEAD:{_DEFAULT_BRANCH}")

    @property
    def default_branch(self) -> str | None:
        """The commit of that branch as it was fetched last; None where it never was."""
        return self.commit_of(_DEFAULT_BRANCH) if self.is_there else None

    def commit_of(self, ref: str) -> str | None:
        """The commit that a tag, a branch or a commit's own name leads to; None where the mirror has none.

        Args:
            ref: The name.
        """
        for name in (f"refs/tags/{ref}", f"refs/heads/{ref}", ref):
            found = git.run(self.folder, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}")
            if found.returncode == 0:
                return found.stdout.decode().strip()
        return None

    def files_at(self, sha: str) -> Path:
        """A folder with the files of a commit.

        Args:
            sha: The commit, which the mirror has.

        Raises:
            ScaffoldError: A link in it leads out of it (E132).
        """
        folder = cache() / "commits" / sha
        if folder.is_dir():
            return folder
        with _made(folder) as made:
            index = {"GIT_INDEX_FILE": str(made.with_suffix(".index"))}
            try:
                git.output(self.folder, f"--work-tree={made}", "checkout", "--force", sha, "--", ".", environment=index)
            finally:
                made.with_suffix(".index").unlink(missing_ok=True)
            _refuse_links_that_leave(made, self.source)
        return folder


@contextmanager
def _made(folder: Path) -> Iterator[Path]:
    """An empty folder that takes its place when the block ends well; another process may have been faster."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
    try:
        yield scratch
        try:
            scratch.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _refuse_links_that_leave(root: Path, source: str) -> None:
    real = os.path.realpath(root)
    for path in root.rglob("*"):
        if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(real):
            name = path.relative_to(root)
            raise ScaffoldError(Finding("E132", f"{source}: the link {name} leads out of the template; refusing."))
