"""Runs git without what the user's settings or an outer git could change about it: no hooks, no questions."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Set while a hook of another repository runs (git rev-parse --local-env-vars); they would send the command there.
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
# A password that nobody is there to type would wait for ever.
_ASK_NOTHING = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}


class GitError(MlstackError):
    """git ended with an error.

    Attributes:
        said: What git wrote to its error output.
    """

    def __init__(self, command: str, said: str) -> None:
        self.said = said.strip()
        super().__init__(f"git {command} failed: {self.said.splitlines()[-1] if self.said else 'it said nothing'}.")


def run(
    folder: Path, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs git in a folder, whatever it answers.

    Args:
        folder: Where it runs.
        arguments: Its arguments.
        stdin: What it reads.
        environment: Variables beside the caller's own.

    Raises:
        FileNotFoundError: git isn't installed.
    """
    own = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY}
    return subprocess.run(
        ["git", "-c", "core.hooksPath=/dev/null", *arguments],
        cwd=folder,
        env={**_ASK_NOTHING, **own, **(environment or {})},
        capture_output=True,
        check=False,
        input=stdin,
    )


def output(folder: Path, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> str:
    """What git writes, decoded, without the last line's end.

    Args:
        folder: Where it runs.
        arguments: Its arguments.
        stdin: What it reads.
        environment: Variables beside the caller's own.

    Raises:
        GitError: It ended with an error.
        MlstackError: git isn't installed.
    """
    try:
        result = run(folder, *arguments, stdin=stdin, environment=environment)
    except FileNotFoundError:
        raise MlstackError("git is not installed.", next_step="Install it: templates come from git.") from None
    if result.returncode:
        command = next((word for word in arguments if not word.startswith("-")), "")
        raise GitError(command, result.stderr.decode(errors="replace"))
    return result.stdout.decode(errors="surrogateescape").removesuffix("\n")


def commit_all(folder: Path, message: str) -> None:
    """Commits every change of tracked files, in mlstack's name: for repositories that nobody keeps.

    Args:
        folder: A folder of the repository.
        message: The message.

    Raises:
        GitError: git fails.
    """
    who = ("-c", "user.name=mlstack", "-c", "user.email=mlstack@localhost", "-c", "commit.gpgSign=false")
    output(folder, *who, "commit", "--quiet", "--allow-empty", "--no-verify", "--all", "--message", message)
