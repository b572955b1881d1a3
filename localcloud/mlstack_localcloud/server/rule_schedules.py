"""Fires the scheduled rules of EventBridge: each minute those whose expression fits, as AWS does within the minute.

What should have fired while the local cloud did not run is not made up for.

Private parts of moto: `events_backends`, and of its rules `state`, `scheduled_expression`, `arn`.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .event_bus import DEFAULT_BUS, make_event
from .moto_adjustments import imported
from .repeating_thread import RepeatingThread
from .schedules.expressions import ExpressionError, is_due

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .event_bus import EventBus

_SECONDS_BETWEEN_LOOKS = 1.0
_MINUTE = 60
_log = logging.getLogger(__name__)


class RuleSchedules:
    """Fires scheduled rules of all regions.

    Args:
        events: Delivers to their targets.
    """

    def __init__(self, events: EventBus) -> None:
        self._events = events
        self._minute: int | None = None
        self._told: set[str] = set()
        self._thread = RepeatingThread("rule-schedules", _SECONDS_BETWEEN_LOOKS, lambda: self.look(time.time()))

    def start(self) -> None:
        """Begin to fire."""
        self.look(time.time())
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._thread.close()

    def look(self, now: float) -> None:
        """Fire what belongs to a minute that began since the last look; the first look fires nothing.

        Args:
            now: The time, in seconds since 1970.
        """
        minute, before = int(now) // _MINUTE, self._minute
        # A clock that was set back fires nothing twice, one that was set ahead makes nothing up.
        self._minute = minute if before is None or minute - before <= -_MINUTE else max(minute, before)
        if before is not None and minute > before:
            self.fire(datetime.fromtimestamp(minute * _MINUTE, UTC))

    def fire(self, moment: datetime) -> None:
        """Fire the rules whose time is in the minute of a time.

        Args:
            moment: The time, in UTC.
        """
        for region, rule in _scheduled():
            try:
                # Rates are counted from 1970, not from when the rule was made, which moto doesn't keep.
                at = moment.timestamp()
                if is_due(rule.scheduled_expression, "UTC", created=0.0, after=at - 1, until=at):
                    event = make_event(
                        "aws.events", "Scheduled Event", {}, [rule.arn], region, account=rule.arn.split(":")[4]
                    )
                    self._events.fire(rule, {**event, "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ")})
            except ExpressionError as error:
                if rule.arn not in self._told:
                    self._told.add(rule.arn)
                    _log.warning("%s never fires: %s", rule.arn, error)
            except Exception:
                _log.exception("%s could not be fired", rule.arn)


def _scheduled() -> Iterator[tuple[str, Any]]:
    """The enabled rules with a schedule; only those of the default bus may have one."""
    events = imported("moto.events.models")
    if events is None:
        return
    backends = [item for regions in list(events.events_backends.values()) for item in list(regions.items())]
    for region, backend in backends:
        for rule in list(backend.event_buses[DEFAULT_BUS].rules.values()):
            if rule.scheduled_expression and rule.state != "DISABLED":
                yield region, rule
