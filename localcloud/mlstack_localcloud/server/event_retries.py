"""Deliveries of EventBridge that failed for a reason that may pass: made again, as the target's retry policy says.

By default for a day and up to 185 times. AWS says "exponential back off and jitter" and no numbers; here the waits are
one second, two, four and so on up to a minute, without jitter.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .repeating_thread import RepeatingThread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_RETRIES = 185
MOST_SECONDS = 86_400
_SECONDS_BETWEEN_LOOKS = 0.5
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_NOT_IMPLEMENTED = 501
_SERVER_ERROR = 500
_TOO_MANY = 429
_PASSING = frozenset(
    {
        "AccountLimitExceededException",
        "LimitExceededException",
        "RequestLimitExceeded",
        "ResourceLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Refusals that say: not now. Missing rights and targets are final, as in AWS."""


def may_pass(response: Mapping[str, Any]) -> bool:
    """Whether what a target refused may succeed later.

    Args:
        response: The error's response, as botocore has it.
    """
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    failed = status == _TOO_MANY or (status >= _SERVER_ERROR and status != _NOT_IMPLEMENTED)
    return failed or response["Error"]["Code"] in _PASSING


@dataclass(frozen=True)
class Delivery:
    """An event on its way to a target.

    Attributes:
        target: The target as PutTargets took it.
        event: The event.
        rule_arn: The rule that matched it.
        began: When it was tried first, in seconds since 1970.
        retries: How often it was tried again.
    """

    target: dict[str, Any]
    event: dict[str, Any]
    rule_arn: str
    began: float
    retries: int = 0


class EventRetries:
    """What waits for another attempt.

    Args:
        attempt: Delivers, and comes back here where that fails: the delivery, and the time.
    """

    def __init__(self, attempt: Callable[[Delivery, float], None]) -> None:
        self._attempt = attempt
        self._waiting: list[tuple[float, Delivery]] = []
        self._lock = threading.Lock()
        self._closed = False
        self._thread = RepeatingThread("event-retries", _SECONDS_BETWEEN_LOOKS, lambda: self.look(time.time()))

    def start(self) -> None:
        """Begin to look for what is to be tried again."""
        self._thread.start()

    def close(self) -> None:
        """Try once more what waits: what fails now is a dead letter, for nothing waits here any more."""
        self._thread.close()
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, []
        for _, delivery in waiting:
            self._attempt(delivery, time.time())

    def take(self, delivery: Delivery, now: float) -> str | None:
        """Take a delivery that failed.

        Args:
            delivery: The delivery.
            now: The time, in seconds since 1970.

        Returns:
            None where it will be made again; else which limit of the retry policy it has reached.
        """
        policy = delivery.target.get("RetryPolicy") or {}
        if delivery.retries >= policy.get("MaximumRetryAttempts", MOST_RETRIES):
            return "MaximumRetryAttempts"
        at = now + min(_FIRST_WAIT * 2**delivery.retries, _LONGEST_WAIT)
        with self._lock:
            if self._closed or at - delivery.began > policy.get("MaximumEventAgeInSeconds", MOST_SECONDS):
                return "MaximumEventAgeInSeconds"
            self._waiting.append((at, replace(delivery, retries=delivery.retries + 1)))
        return None

    def look(self, now: float) -> None:
        """Try again what is due, in the order in which it came.

        Args:
            now: The time, in seconds since 1970.
        """
        with self._lock:
            due = [delivery for at, delivery in self._waiting if at <= now]
            self._waiting = [each for each in self._waiting if each[0] > now]
        for delivery in due:
            self._attempt(delivery, now)
