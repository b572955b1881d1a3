"""PutEvents: events of clients, checked entry by entry as EventBridge does.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from .errors import Failure, error_response, new_request_id
from .event_bus import DEFAULT_BUS, bus_exists, make_event

if TYPE_CHECKING:
    from .caller import Caller
    from .event_bus import EventBus

_MOST_ENTRIES = 10
_LARGEST_BYTES = 256 * 1024


class _InvalidEntry(Exception):  # noqa: N818 - it is answered, not raised further
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def put_events(bus: EventBus, body: bytes, caller: Caller) -> Response:
    """Answer PutEvents; the events of the good entries are delivered when this returns.

    Args:
        bus: Delivers them.
        body: The request's body, JSON.
        caller: Who asks.

    Returns:
        One result an entry.
    """
    try:
        entries = json.loads(body)["Entries"]
    except (ValueError, KeyError, TypeError):
        return _invalid(
            "1 validation error detected: Value null at 'entries' failed to satisfy constraint: Member must not be null"
        )
    if not 1 <= len(entries) <= _MOST_ENTRIES:
        return _invalid(
            "1 validation error detected: Value '[PutEventsRequestEntry]' at 'entries' failed to satisfy constraint: "
            "Member must have length less than or equal to 10 and greater than or equal to 1"
        )
    results = [_put(bus, entry, caller) for entry in entries]
    failed = sum("ErrorCode" in result for result in results)
    document = json.dumps({"FailedEntryCount": failed, "Entries": results})
    headers = {"x-amzn-RequestId": new_request_id()}
    return Response(document, 200, headers, content_type="application/x-amz-json-1.1")


def _put(bus: EventBus, entry: dict[str, Any], caller: Caller) -> dict[str, str]:
    region = caller.region
    try:
        detail = _detail(entry)
        name = _bus_name(entry, caller)
    except _InvalidEntry as error:
        return {"ErrorCode": error.code, "ErrorMessage": str(error)}
    event = make_event(
        entry["Source"], entry["DetailType"], detail, list(entry.get("Resources") or []), region, account=caller.account
    )
    if isinstance(entry.get("Time"), int | float):
        event["time"] = datetime.fromtimestamp(entry["Time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    bus.put(event, name, region)
    return {"EventId": event["id"]}


def _bus_name(entry: dict[str, Any], caller: Caller) -> str:
    # A bus may be named by its ARN as well.
    name = str(entry.get("EventBusName") or DEFAULT_BUS).rpartition("/")[2]
    if not bus_exists(name, caller.region, caller.account):
        raise _InvalidEntry("InvalidArgument", f"Parameter EventBusName is not valid. Reason: {name} does not exist.")
    return name


def _detail(entry: dict[str, Any]) -> dict[str, Any]:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            message = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            raise _InvalidEntry("InvalidArgument", message)
    if entry["Source"].startswith("aws."):
        raise _InvalidEntry("NotAuthorizedForSourceException", "Not authorized for the source.")
    if len(json.dumps(entry).encode()) > _LARGEST_BYTES:
        raise _InvalidEntry("InvalidArgument", "Total size of the entries in the request is over the limit.")
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        raise _InvalidEntry("MalformedDetail", "Detail is malformed.")
    return detail


def _invalid(message: str) -> Response:
    return error_response(Failure("ValidationException", message, 400), "json")
