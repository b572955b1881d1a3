"""Evaluates alarms again and again, and tells of every change of a state, also of those that SetAlarmState makes.

An evaluation that comes to another state calls SetAlarmState like any client, so there is one way in which a state
changes: it is kept, announced on the event bus, and sent to the alarm's topics.

Private parts of moto: `cloudwatch_backends`, and of a backend `alarms` and `metric_data`.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ..moto_adjustments import imported
from ..repeating_thread import RepeatingThread
from . import messages
from .evaluation import ALARM, OK, verdict
from .statistics import UnsupportedExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from ..caller import Caller
    from ..clients import Clients
    from ..event_bus import EventBus

SECONDS_BETWEEN_LOOKS = 2.0
_log = logging.getLogger(__name__)


class AlarmWatch:
    """Evaluates the alarms of all regions.

    Args:
        clients: Set states and publish to topics.
        events: Where changes are announced.
    """

    def __init__(self, clients: Clients, events: EventBus) -> None:
        self._clients = clients
        self._events = events
        self._changing = threading.Lock()
        self._unsupported: set[str] = set()
        self._thread = RepeatingThread("alarms", SECONDS_BETWEEN_LOOKS, lambda: self.look(time.time()))

    def start(self) -> None:
        """Begin to evaluate."""
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._thread.close()

    def changing(self, caller: Caller, change: Callable[[], Response]) -> Response:
        """Run a request that may change states, and tell of each that it changed.

        Args:
            caller: Who makes the request.
            change: Answers the request.

        Returns:
            The answer.
        """
        with self._changing:
            before = {name: messages.state(alarm) for name, alarm in alarms_of(caller.account, caller.region).items()}
            answer = change()
            changed = [
                (alarm, before[name])
                for name, alarm in alarms_of(caller.account, caller.region).items()
                if name in before and before[name]["value"] != alarm.state_value
            ]
        for alarm, old in changed:
            self._tell(alarm, old, caller.region)
        return answer

    def look(self, now: float) -> None:
        """Evaluate all alarms.

        Args:
            now: The time, in seconds since 1970.
        """
        for _, region, backend in _backends():
            data = list(backend.metric_data)
            for alarm in list(backend.alarms.values()):
                try:
                    self._evaluate(alarm, data, region, now)
                except UnsupportedExpressionError as error:
                    if alarm.alarm_arn not in self._unsupported:
                        self._unsupported.add(alarm.alarm_arn)
                        _log.warning("%s is not evaluated: its metric math is not supported: %s", alarm.name, error)
                except Exception:
                    _log.exception("%s could not be evaluated", alarm.name)

    def _evaluate(self, alarm: Any, data: list[Any], region: str, now: float) -> None:
        if alarm.rule is not None:
            return
        found = verdict(alarm, data, now)
        if found is not None and found.state != alarm.state_value:
            self._clients.of(_account(alarm)).client("cloudwatch", region).set_alarm_state(
                AlarmName=alarm.name,
                StateValue=found.state,
                StateReason=found.reason[:1023],
                StateReasonData=found.reason_data[:4000],
            )

    def _tell(self, alarm: Any, before: dict[str, Any], region: str) -> None:
        try:
            self._events.publish(
                source="aws.cloudwatch",
                detail_type=messages.DETAIL_TYPE,
                detail=messages.detail(alarm, before),
                resources=[alarm.alarm_arn],
                account=_account(alarm),
                region=region,
            )
        except Exception:
            _log.exception("the change of %s could not be announced", alarm.name)
        if alarm.actions_enabled:
            for action in _actions(alarm):
                self._act(action, alarm, before["value"], region)

    def _act(self, action: str, alarm: Any, before: str, region: str) -> None:
        if ":sns:" not in action:
            _log.warning("%s: the local cloud does not run the action %s", alarm.name, action)
            return
        try:
            self._clients.of(_account(alarm)).client("sns", action.split(":")[3]).publish(
                TopicArn=action,
                Subject=messages.subject(alarm, region),
                Message=messages.message(alarm, before, region),
            )
        except (ClientError, BotoCoreError) as error:
            _log.warning("%s: nothing reached %s: %s", alarm.name, action, error)


def _actions(alarm: Any) -> list[str]:
    actions = {ALARM: alarm.alarm_actions, OK: alarm.ok_actions}
    return list(actions.get(alarm.state_value, alarm.insufficient_data_actions) or [])


def _account(alarm: Any) -> str:
    return str(alarm.alarm_arn.split(":")[4])


def _backends() -> list[tuple[str, str, Any]]:
    cloudwatch = imported("moto.cloudwatch.models")
    accounts = [] if cloudwatch is None else list(cloudwatch.cloudwatch_backends.items())
    return [(account, *found) for account, regions in accounts for found in list(regions.items())]


def alarms_of(account: str, region: str) -> dict[str, Any]:
    """Return the alarms of an account's region, moto's own, by name."""
    return next((dict(each.alarms) for *where, each in _backends() if where == [account, region]), {})
