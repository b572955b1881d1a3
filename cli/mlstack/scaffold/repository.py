"""A git repository with one commit for a new project, whatever the user's git is set to.

Nothing of the user's that could ask, refuse or run takes part: no hooks, no signing. The user's name is used where git
knows one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.scaffold import git

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

BRANCH = "main"
_NOBODY = ("-c", "user.name=mlstack", "-c", "user.email=mlstack@localhost")


def surrounding_repository(target: Path) -> bool:
    """True if the folder would be a tracked part of a repository that is there already.

    Args:
        target: A folder that need not exist, in one that does; False where git isn't installed.
    """
    try:
        # 0: ignored there; 1: part of it; 128: no repository.
        return git.run(target.parent, "check-ignore", "--quiet", "--", str(target)).returncode == 1
    except FileNotFoundError:
        return False


def create(project: Path, message: str) -> bool:
    """Makes a repository of a folder and commits everything in it.

    Args:
        project: The folder.
        message: The commit's message.

    Returns:
        False where git isn't installed.

    Raises:
        MlstackError: git fails, for any reason but that it doesn't know who commits.
    """
    commit = ("-c", "commit.gpgSign=false", "commit", "--quiet", "--no-verify", "--message", message)
    try:
        _must(git.run(project, "-c", f"init.defaultBranch={BRANCH}", "init", "--quiet", "--template="))
        _must(git.run(project, "add", "--all"))
        # With useConfigOnly an unset name fails at once; otherwise git guesses one from the host's name.
        if git.run(project, "-c", "user.useConfigOnly=true", *commit).returncode:
            _must(git.run(project, *_NOBODY, *commit))
    except FileNotFoundError:
        return False
    return True


def _must(result: subprocess.CompletedProcess[bytes]) -> None:
    if result.returncode:
        raise MlstackError(
            f"git can't commit the new project: {result.stderr.decode(errors='replace').strip()}",
            next_step="Run it again with --no-git to go without a repository.",
        )
