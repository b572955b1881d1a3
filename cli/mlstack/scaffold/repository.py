"""A git repository with one commit for a new project, whatever the user's git is set to.

Nothing of the user's that could ask, refuse or run takes part: no hooks, no signing. The user's name is used where git
knows one.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from pathlib import Path

BRANCH = "main"
_NOBODY = ("-c", "user.name=mlstack", "-c", "user.email=mlstack@localhost")
# Set while a hook of another repository runs (git rev-parse --local-env-vars); they would send the commit there.
_OF_ANOTHER_REPOSITORY = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_TEMPLATE_DIR",
    "GIT_WORK_TREE",
)


def surrounding_repository(target: Path) -> bool:
    """True if the folder would be a tracked part of a repository that is there already.

    Args:
        target: A folder that need not exist, in one that does; False where git isn't installed.
    """
    try:
        # 0: ignored there; 1: part of it; 128: no repository.
        return _git(target.parent, "check-ignore", "--quiet", "--", str(target)).returncode == 1
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
        _must(_git(project, "-c", f"init.defaultBranch={BRANCH}", "init", "--quiet", "--template="))
        _must(_git(project, "add", "--all"))
        # With useConfigOnly an unset name fails at once; otherwise git guesses one from the host's name.
        if _git(project, "-c", "user.useConfigOnly=true", *commit).returncode:
            _must(_git(project, *_NOBODY, *commit))
    except FileNotFoundError:
        return False
    return True


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY}
    command = ["git", "-c", "core.hooksPath=/dev/null", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def _must(result: subprocess.CompletedProcess[str]) -> None:
    if result.returncode:
        raise MlstackError(
            f"git can't commit the new project: {result.stderr.strip()}",
            next_step="Run it again with --no-git to go without a repository.",
        )
