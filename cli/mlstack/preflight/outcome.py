"""What a check of an account found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mlstack_components.errors import MlstackError


class Result(Enum):
    """How a check ended.

    Attributes:
        OK: Nothing is in the way.
        WARNING: Something is worth a look, and nothing is in the way yet.
        FAILURE: The environment could not be brought up, or not as mlstack.yaml says.
        UNKNOWN: It could not be found out.
    """

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    Attributes:
        result: How it ended.
        message: One sentence.
        next_step: What to do, or None where nothing is to be done.
        details: What it is about, one thing a line.
    """

    result: Result
    message: str
    next_step: str | None = None
    details: tuple[str, ...] = ()

    @classmethod
    def ok(cls, message: str) -> Outcome:
        """Nothing is in the way."""
        return cls(Result.OK, message)


class NotKnownError(MlstackError):
    """A check could not find out what it is about."""

    code = "not-known"
