"""Who holds a stack's lock, and removing one that a killed process left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlstack.engine.failure import Holder, StackLockedError

if TYPE_CHECKING:
    from mlstack.engine.pulumi import Pulumi


def holders(pulumi: Pulumi) -> list[Holder]:
    """Who holds the lock of a stack in a file backend.

    Args:
        pulumi: The stack.

    Returns:
        The holders; empty where there is no lock, or the backend does not keep its locks in files.
    """
    directory = pulumi.lock_directory
    if directory is None:
        return []
    found = []
    for file in sorted(directory.glob("*.json")):
        try:
            lock = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            # Released, or being written, in this moment.
            continue
        found.append(Holder(int(lock["pid"]), lock["hostname"], lock["username"], lock["timestamp"]))
    return found


def unlock(pulumi: Pulumi, *, force: bool) -> bool:
    """Removes the lock of an environment's stack.

    Args:
        pulumi: The engine on the environment.
        force: Whether to remove it although its holder may be alive.

    Returns:
        Whether there was one. A backend that does not tell counts as having had one.

    Raises:
        StackLockedError: The holder is alive, or on another machine, and `force` was not given.
    """
    held_by = holders(pulumi)
    if not held_by and pulumi.lock_directory is not None:
        return False
    for holder in held_by:
        if not force and (holder.is_elsewhere or holder.command is not None):
            where = f" on {holder.host}" if holder.is_elsewhere else ""
            raise StackLockedError(
                f"Process {holder.pid}{where} ({holder.command or 'unknown'}) holds the lock of "
                f"{pulumi.environment!r}, and may be updating it.",
                next_step="Wait for it to end; if it cannot be alive, add --force.",
            )
    pulumi.cancel()
    return True
