"""The project that is to be updated, as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mlstack.scaffold import git, lock
from mlstack.scaffold.errors import Finding, ScaffoldError

MARKERS = ("<<<<<<< before updating", ">>>>>>> after updating")
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Subject:
    """A project that can be updated.

    Attributes:
        project: Its folder, absolute.
        top: The folder of its repository, which may be above it.
        git_directory: The repository's own folder.
        head: The commit that is checked out.
        lock: What it was made from.
    """

    project: Path
    top: Path
    git_directory: Path
    head: str
    lock: lock.Lock

    @property
    def below(self) -> Path:
        """The project's folder, relative to the repository's."""
        return self.project.relative_to(self.top)


def subject_of(project: Path) -> Subject:
    """A project, whatever state an update before left it in.

    Args:
        project: Its folder.

    Raises:
        UserError: It wasn't made by mlstack.
        ScaffoldError: It isn't in git or has no commit (E150).
    """
    project = project.resolve()
    locked = lock.read(project)
    try:
        top, git_directory, head = git.output(
            project, "rev-parse", "--show-toplevel", "--absolute-git-dir", "HEAD"
        ).splitlines()
    except git.GitError:
        raise ScaffoldError(
            Finding("E150", f"{project} is not in git, or has no commit: an update could not be undone."),
            next_step='Run: git init && git add --all && git commit -m "Begin"',
        ) from None
    return Subject(project, Path(top).resolve(), Path(git_directory), head, locked)


def refuse_changes(subject: Subject) -> None:
    """Refuses a project with changes that aren't committed, or markers of a conflict.

    Args:
        subject: The project.

    Raises:
        ScaffoldError: It has (E151, E152).
    """
    changed = git.output(subject.project, "status", "--porcelain", "--untracked-files=no", "--", ".").splitlines()
    if changed:
        names = [line[3:] for line in changed]
        raise ScaffoldError(
            Finding("E151", f"not committed: {_listed(names)}."), next_step="Commit it, or put it aside with git stash."
        )
    if marked := marked_files(subject.project):
        raise ScaffoldError(
            Finding("E152", f"markers of a conflict in {_listed(marked)}."), next_step="Resolve them and commit."
        )


def marked_files(project: Path) -> list[str]:
    """The files, and lines, in which an update left a conflict that nobody resolved, such as `README.md:12`.

    Args:
        project: The project's folder.
    """
    patterns = [argument for marker in MARKERS[:1] for argument in ("-e", f"^{marker}$")]
    found = git.run(project, "grep", "--line-number", "-I", *patterns, "--", ".")
    lines = found.stdout.decode(errors="replace").splitlines()
    return [":".join(line.split(":", 2)[:2]) for line in lines]


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
