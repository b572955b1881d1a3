"""Which commit the machine-learning code comes from."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from mlstack_stacks.infrastructure_bundle import recorded
from mlstack_stacks.spec.values import SOURCE_DIRECTORY

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT_SECONDS = 10


def source_commit(root: Path) -> str | None:
    """The commit that last changed the source folder.

    A commit that changes something else gives the same answer, so it touches nothing in the cloud.

    Args:
        root: The project's folder.

    Returns:
        The commit's id, in a bundle that of the project; None outside version control and where the folder has
        changes that are not committed.
    """
    if (bundled := recorded(root)) is not None:
        found: str | None = bundled["commit"]
        return found
    changed = _git(root, "status", "--porcelain", "--", SOURCE_DIRECTORY)
    if changed is None or changed:
        return None
    return _git(root, "log", "-1", "--format=%H", "--", SOURCE_DIRECTORY) or None


def _git(root: Path, *arguments: str) -> str | None:
    # Only looking: a lock of the index would get into the way of the user's own git.
    command = ["git", "--no-optional-locks", *arguments]
    try:
        result = subprocess.run(
            command, cwd=root, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return result.stdout.strip() if result.returncode == 0 else None
