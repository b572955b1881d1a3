"""What a bootstrap consists of, as steps: each says what it would do, and does it when told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Change(Enum):
    """What a step does.

    Attributes:
        MAKE: Makes what is not there.
        CHANGE: Changes what is there and is not as it should be.
        NONE: Nothing; all is as it should be.
    """

    MAKE = "make"
    CHANGE = "change"
    NONE = "none"

    @classmethod
    def between(cls, found: object, *, fits: bool) -> Change:
        """What has to be done.

        Args:
            found: What is there; None where nothing is.
            fits: Whether that is as it should be.
        """
        if found is None:
            return cls.MAKE
        return cls.NONE if fits else cls.CHANGE


@dataclass(frozen=True)
class Step:
    """One thing that has to be so.

    Attributes:
        what: The thing, in a few words.
        change: What has to be done for it.
        do: Does it; doing it again changes nothing.
    """

    what: str
    change: Change
    do: Callable[[], None]


def contains(found: Any, wanted: Any) -> bool:
    """Whether what is there has all that is wanted; AWS adds members of its own to what it was given.

    Args:
        found: What AWS answered.
        wanted: What it should be.
    """
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(contains(found.get(key), each) for key, each in wanted.items())
    if isinstance(wanted, list):
        same = isinstance(found, list) and len(found) == len(wanted)
        return same and all(contains(*pair) for pair in zip(found, wanted, strict=True))
    return bool(found == wanted)


def canonical(policy: Any) -> Any:
    """A policy as plain data, in which the order of lists, and a list of one against its element, mean nothing.

    Args:
        policy: The document, read from JSON.
    """
    if isinstance(policy, dict):
        return {name: canonical(each) for name, each in policy.items()}
    if isinstance(policy, list):
        entries = [canonical(each) for each in policy]
        return entries[0] if len(entries) == 1 else sorted(entries, key=lambda each: json.dumps(each, sort_keys=True))
    return policy
