"""What a target can't take now is tried again, as long and as often as its retry policy says."""

from __future__ import annotations

import pytest
from mlstack_localcloud.server.event_retries import Delivery, EventRetries, may_pass

START = 1_000.0


class Target:
    """A target that refuses, and what was tried on it."""

    def __init__(self, policy: dict[str, int] | None = None, refusals: int = 1_000) -> None:
        self.retries = EventRetries(self.attempt)
        self.refusals, self.tried, self.exhausted = refusals, [], ""
        target = {"Arn": "arn:aws:codebuild:::project/p", **({"RetryPolicy": policy} if policy else {})}
        self.attempt(Delivery(target, {}, "arn:aws:events:::rule/r", START), START)

    def attempt(self, delivery: Delivery, now: float) -> None:
        self.tried.append(now - START)
        if len(self.tried) <= self.refusals:
            self.exhausted = self.retries.take(delivery, now) or ""

    def after(self, seconds: int) -> list[float]:
        for second in range(seconds + 1):
            self.retries.look(START + second)
        return self.tried


def test_the_waits_double_up_to_a_minute() -> None:
    assert Target().after(250) == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]


def test_what_was_taken_is_not_sent_again() -> None:
    assert Target(refusals=2).after(100) == [0, 1, 3]


@pytest.mark.parametrize(
    ("policy", "tried", "exhausted"),
    [
        ({"MaximumRetryAttempts": 0}, [0], "MaximumRetryAttempts"),
        ({"MaximumRetryAttempts": 2}, [0, 1, 3], "MaximumRetryAttempts"),
        ({"MaximumEventAgeInSeconds": 60}, [0, 1, 3, 7, 15, 31], "MaximumEventAgeInSeconds"),
    ],
)
def test_a_retry_policy_ends_it(policy: dict[str, int], tried: list[float], exhausted: str) -> None:
    target = Target(policy)
    assert target.after(200) == tried
    assert target.exhausted == exhausted


def test_the_end_of_the_local_cloud_is_the_last_attempt() -> None:
    target = Target()
    target.retries.close()
    assert len(target.tried) == 2
    assert target.exhausted


@pytest.mark.parametrize(
    ("code", "status", "passes"),
    [
        ("AccountLimitExceededException", 400, True),
        ("ThrottlingException", 400, True),
        ("InternalFailure", 500, True),
        ("NotImplemented", 501, False),
        ("AccessDeniedException", 400, False),
        ("ResourceNotFoundException", 400, False),
    ],
)
def test_missing_rights_and_targets_are_final(code: str, status: int, passes: bool) -> None:
    assert may_pass({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}) is passes
