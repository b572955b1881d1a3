"""Fires schedules: looks again and again for what has become due, and calls its target.

What became due while the local cloud did not run is not made up for: nobody wants an endpoint to go in the morning
because the machine slept at night.

Private parts of moto: `scheduler_backends`, and of a backend `schedule_groups` and their `schedules`.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..authorization.sources import account_of
from ..moto_adjustments import imported
from ..repeating_thread import RepeatingThread
from .expressions import ExpressionError, is_due
from .targets import ScheduleTargets, TargetError

if TYPE_CHECKING:
    from ..authorization.authorizer import Authorizer
    from ..clients import Clients

SECONDS_BETWEEN_LOOKS = 1.0
_LONGEST_SPAN = 300.0
"""How far back a look goes where the one before was long ago, in seconds: a machine that slept makes nothing up."""
_FIRST_RETRY = 60.0
_ENABLED = "ENABLED"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Attempt:
    """A call of a target that failed and is made again.

    Attributes:
        schedule: moto's schedule.
        region: Its region.
        at: When to call again.
        number: How often it was called.
        due: When it was due.
    """

    schedule: Any
    region: str
    at: float
    number: int
    due: float


class ScheduleWatch:
    """Fires the schedules of all regions.

    Args:
        clients: Call targets.
        authorizer: Tells whether a schedule's role may be taken.
    """

    def __init__(self, clients: Clients, authorizer: Authorizer) -> None:
        self._clients = clients
        self._targets = ScheduleTargets(clients, authorizer)
        self._last = time.time()
        self._again: list[_Attempt] = []
        self._told: set[str] = set()
        self._thread = RepeatingThread("schedules", SECONDS_BETWEEN_LOOKS, lambda: self.look(time.time()))

    def start(self) -> None:
        """Begin to look."""
        self._last = time.time()
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._thread.close()

    def look(self, now: float) -> None:
        """Fire what has become due since the last look, and call again what failed.

        Args:
            now: The time, in seconds since 1970.
        """
        after, self._last = max(self._last, now - _LONGEST_SPAN), now
        again, self._again = self._again, []
        for attempt in again:
            if attempt.at > now:
                self._again.append(attempt)
            elif _is_there(attempt.schedule, attempt.region):
                self._call(attempt, now)
        for region, schedule in _schedules():
            if schedule.state == _ENABLED and self._is_due(schedule, after, now):
                self._call(_Attempt(schedule, region, now, 0, now), now)

    def _is_due(self, schedule: Any, after: float, now: float) -> bool:
        if schedule.start_date and now < float(schedule.start_date):
            return False
        if schedule.end_date and now > float(schedule.end_date):
            return False
        # What was made in between was not there before.
        after = max(after, schedule.creation_date - 1)
        try:
            return is_due(
                schedule.schedule_expression,
                schedule.schedule_expression_timezone,
                created=float(schedule.start_date or schedule.creation_date),
                after=after,
                until=now,
            )
        except ExpressionError as error:
            if schedule.arn not in self._told:
                self._told.add(schedule.arn)
                _log.warning("%s never fires here: %s", schedule.arn, error)
            return False

    def _call(self, attempt: _Attempt, now: float) -> None:
        schedule, region = attempt.schedule, attempt.region
        group = f"arn:aws:scheduler:{region}:{account_of(schedule.arn)}:schedule-group/{schedule.group_name}"
        try:
            self._targets.call(schedule.target, group, region)
            _log.info("%s called %s", schedule.arn, schedule.target["Arn"])
        except TargetError as error:
            _log.warning("%s: %s was not called: %s", schedule.arn, schedule.target["Arn"], error)
            self._retry(attempt, now)
            return
        self._complete(schedule, region)

    def _retry(self, attempt: _Attempt, now: float) -> None:
        policy = attempt.schedule.target["RetryPolicy"]
        at = now + _FIRST_RETRY * 2**attempt.number
        in_time = at - attempt.due <= policy.get("MaximumEventAgeInSeconds", 86_400)
        if attempt.number < policy.get("MaximumRetryAttempts", 185) and in_time:
            self._again.append(_Attempt(attempt.schedule, attempt.region, at, attempt.number + 1, attempt.due))
        else:
            self._complete(attempt.schedule, attempt.region)

    def _complete(self, schedule: Any, region: str) -> None:
        """Delete a schedule that comes once and is to go then."""
        if schedule.action_after_completion == "DELETE" and schedule.schedule_expression.startswith("at("):
            scheduler = self._clients.of(account_of(schedule.arn)).client("scheduler", region)
            scheduler.delete_schedule(Name=schedule.name, GroupName=schedule.group_name)


def _schedules() -> list[tuple[str, Any]]:
    models = imported("moto.scheduler.models")
    if models is None:
        return []
    return [
        (region, schedule)
        for regions in list(models.scheduler_backends.values())
        for region, backend in list(regions.items())
        for group in list(backend.schedule_groups.values())
        for schedule in list(group.schedules.values())
    ]


def _is_there(schedule: Any, region: str) -> bool:
    """Whether a schedule is still there, and is to be fired."""
    return any(each is schedule and where == region for where, each in _schedules()) and schedule.state == _ENABLED
