"""Every error that the local cloud raises on purpose.

The local cloud imports nothing of the command line, so it has a tree of its own with the same three attributes; the
command line prints both alike.
"""

from __future__ import annotations


class LocalCloudError(Exception):
    """The local cloud could not do what it was asked to.

    Attributes:
        code: A stable name of the error for scripts.
        exit_code: What a command line exits with.
        message: One sentence: what is wrong, and where.
        next_step: What the user does next, or None where the message says it.
    """

    code = "local-cloud"
    exit_code = 1

    def __init__(self, message: str, *, next_step: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return self.message if self.next_step is None else f"{self.message} {self.next_step}"


class StartError(LocalCloudError):
    """The daemon did not come up."""

    code = "local-cloud-start"


class StopError(LocalCloudError):
    """The daemon did not end."""

    code = "local-cloud-stop"


class StateError(LocalCloudError):
    """The stored state of the local cloud cannot be read."""

    code = "local-cloud-state"
