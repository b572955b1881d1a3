"""EventBridge: takes events, matches them with the rules that moto stores, and delivers them to the rules' targets.

moto stores rules and matches patterns; what it delivers is a part of what AWS delivers, so deliveries are ours. Events
of our own services come by `publish`, those of clients by PutEvents (`put_events.py`), those of S3 from moto.

Private parts of moto: `events_backends`, and of its rules `state`, `targets`, `arn`, `event_pattern.matches_event`,
`scheduled_expression`, `send_to_targets`, and of its buses `add_policy` and `_statements`.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..home import ACCOUNT
from .event_targets import EventTargets, Undeliverable
from .moto_adjustments import import_module, imported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .authorization.authorizer import Authorizer
    from .clients import Clients

    Event = dict[str, Any]

DEFAULT_BUS = "default"
_log = logging.getLogger(__name__)
_FORWARDED = "forwarded"


class EventBus:
    """Takes events in and delivers them.

    Args:
        clients: Call the targets.
        authorizer: Tells whether a target lets EventBridge in.
    """

    def __init__(self, clients: Clients, authorizer: Authorizer) -> None:
        self._targets = EventTargets(clients, authorizer, self._forward)
        self._later: queue.SimpleQueue[tuple[Event, dict[str, Any], str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._deliver_later, name="events", daemon=True)

    def start(self) -> None:
        """Begin to deliver the events of moto's own services; those before it, of a replay, are dropped."""
        self._thread.start()
        self._targets.retries.start()

    def close(self) -> None:
        """Deliver what waits, and end."""
        if self._thread.is_alive():
            self._later.put(None)
            self._thread.join()
        self._targets.retries.close()

    def publish(
        self,
        *,
        source: str,
        detail_type: str,
        detail: dict[str, Any],
        resources: list[str],
        account: str,
        region: str,
    ) -> None:
        """Publish an event on the default bus; delivery is tried when this returns. Failed ones raise nothing.

        Args:
            source: Who says so, such as `aws.sagemaker`.
            detail_type: What happened, such as `SageMaker Endpoint State Change`.
            detail: The event's own content, JSON.
            resources: The ARNs that it is about.
            account: The account that it happened in.
            region: The region that it happened in.
        """
        event = make_event(source, detail_type, detail, resources, region, account=account)
        self.put(event, DEFAULT_BUS, region)

    def put(self, event: Event, bus: str, region: str, account: str | None = None) -> None:
        """Put an event on a bus and deliver it to the targets of all rules that match.

        Args:
            event: The event, whole.
            bus: The bus's name.
            region: The bus's region.
            account: The bus's account; that of the event by default.
        """
        for rule in _matching(event, bus, region, account or event["account"]):
            for target in list(rule.targets):
                self._targets.deliver(target, event, rule.arn)

    def fire(self, rule: Any, event: Event) -> None:
        """Deliver an event to a rule's targets, whatever its pattern.

        Args:
            rule: The rule, moto's own.
            event: The event, whole.
        """
        for target in list(rule.targets):
            self._targets.deliver(target, event, rule.arn)

    def adjust(self) -> None:
        """Take the events of moto's own services over, if its EventBridge is imported by now; may be called again."""
        events = imported("moto.events.models")
        if events is None:
            return

        statement: Any = events.EventBusPolicyStatement

        def send_to_targets(rule: Any, event: Event, **_options: Any) -> None:
            # moto asks each rule while its change is being made, so the delivery must wait until it was.
            # moto asks the rules of all accounts.
            own = event.get("account") in {None, rule.arn.split(":")[4]}
            if own and self._thread.is_alive() and _is_match(rule, event):
                for target in list(rule.targets):
                    self._later.put((_with_time(event), target, rule.arn))

        def replace_policy(bus: Any, policy: dict[str, Any]) -> None:
            # moto keeps the statements of other principals, where EventBridge has one policy a bus.
            bus.remove_statements()
            bus._statements = {each["Sid"]: statement.from_dict(each) for each in policy["Statement"]}

        events.Rule.send_to_targets = send_to_targets
        events.EventBus.add_policy = replace_policy

    def _deliver_later(self) -> None:
        while (item := self._later.get()) is not None:
            try:
                self._targets.deliver(item[1], item[0], item[2])
            except Exception:
                _log.exception("delivering an event failed")

    def _forward(self, event: Event, bus: str, region: str, account: str) -> None:
        # AWS forwards an event from bus to bus once only.
        if event.get(_FORWARDED):
            raise Undeliverable("EVENT_FORWARDED_TWICE", "An event is forwarded to another event bus once only.")
        if not bus_exists(bus, region, account):
            raise Undeliverable("RESOURCE_NOT_FOUND", f"Event bus {bus} does not exist.")
        self.put({**event, _FORWARDED: True}, bus, region, account)


def make_event(
    source: str,
    detail_type: str,
    detail: dict[str, Any],
    resources: list[str],
    region: str,
    *,
    account: str = ACCOUNT,
) -> Event:
    """Make an event as it is on a bus.

    Args:
        source: Who says so.
        detail_type: What happened.
        detail: The event's own content.
        resources: The ARNs that it is about.
        region: Where it happened.
        account: The account that it happened in.

    Returns:
        The event; its `time` is now.
    """
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": resources,
        "detail": detail,
    }


def bus_exists(bus: str, region: str, account: str) -> bool:
    """Tell whether there is an event bus of a name."""
    return bus in _buses(region, account)


def _buses(region: str, account: str) -> dict[str, Any]:
    events = import_module("moto.events.models")
    buses: dict[str, Any] = events.events_backends[account][region].event_buses
    return buses


def _matching(event: Event, bus: str, region: str, account: str) -> Iterator[Any]:
    if bus not in _buses(region, account):
        return
    for rule in list(_buses(region, account)[bus].rules.values()):
        if _is_match(rule, event):
            yield rule


def _is_match(rule: Any, event: Event) -> bool:
    if rule.state == "DISABLED" or not rule.event_pattern.get_pattern():
        # Without a pattern it is a schedule; moto's empty pattern would match everything.
        return False
    return bool(rule.event_pattern.matches_event({name: value for name, value in event.items() if name != _FORWARDED}))


def _with_time(event: Event) -> Event:
    """Return an event of moto's with the time as text."""
    moment = event.get("time")
    if not isinstance(moment, int | float):
        return dict(event)
    return {**event, "time": datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
