"""Why a request is refused before it reaches a service."""

from __future__ import annotations

from enum import Enum, auto


class Reason(Enum):
    """The kinds of refusal; `server/refusals.py` words each one as the service that was asked would."""

    MISSING = auto()
    """Not signed at all."""
    INCOMPLETE = auto()
    """Signed, but not so that it can be checked."""
    UNKNOWN_KEY = auto()
    """Signed with a key that this local cloud did not make."""
    INVALID_TOKEN = auto()
    """A temporary key with a session token that is not its own."""
    EXPIRED_TOKEN = auto()
    """A temporary key past its time."""
    SIGNATURE = auto()
    """Another secret or another request than what was signed."""
    SKEW = auto()
    """Signed too long ago, or in the future."""
    EXPIRED_URL = auto()
    """A presigned URL past its time."""
    PAYLOAD = auto()
    """A body that differs from the hash that was signed."""


class Refused(Exception):  # noqa: N818 - it is no error of ours: the request is answered
    """A request is not let in.

    Attributes:
        reason: The kind.
        message: The sentence to answer, where the kind alone does not say it; empty for the kind's own.
        access_key: The key that it was signed with, empty when there is none.
    """

    def __init__(self, reason: Reason, message: str = "", access_key: str = "") -> None:
        super().__init__(message or reason.name)
        self.reason = reason
        self.message = message
        self.access_key = access_key
