"""EventBridge Scheduler: its requests name no operation, so method and path tell it.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ..access import Access, Place, UnknownActionError, arn
from .common import tag_keys

if TYPE_CHECKING:
    from ...wire import WireRequest

_VERBS = {"POST": "Create", "PUT": "Update", "GET": "Get", "DELETE": "Delete"}
_TAG_VERBS = {"POST": "TagResource", "GET": "ListTagsForResource", "DELETE": "UntagResource"}
_SCHEDULER = "scheduler.amazonaws.com"


def accesses(request: WireRequest, place: Place) -> list[Access]:
    """Return what a request needs.

    Args:
        request: The request.
        place: Account and region of its caller.

    Raises:
        UnknownActionError: It is none of the scheduler's.
    """
    kind, _, name = unquote(request.path).strip("/").partition("/")
    if kind == "tags" and request.method in _TAG_VERBS:
        return [Access(f"scheduler:{_TAG_VERBS[request.method]}", name)]
    noun = {"schedules": "Schedule", "schedule-groups": "ScheduleGroup"}.get(kind)
    if noun is None or request.method not in _VERBS:
        raise UnknownActionError(f"scheduler {request.method} {request.path}")
    if not name:
        return [Access(f"scheduler:List{noun}s", "*")]
    body = _members(request)
    group = body.get("GroupName") or request.parameters.get("groupName") or "default"
    resource = f"schedule/{group}/{name}" if noun == "Schedule" else f"schedule-group/{name}"
    found = [Access(f"scheduler:{_VERBS[request.method]}{noun}", arn("scheduler", place, resource), tag_keys(body))]
    role = (body.get("Target") or {}).get("RoleArn")
    if role:
        found.append(Access("iam:PassRole", role, {"iam:passedtoservice": (_SCHEDULER,)}))
    return found


def _members(request: WireRequest) -> dict[str, Any]:
    try:
        content = json.loads(request.body or b"{}")
    except ValueError:
        # What is no JSON is refused by the service in its own words.
        return {}
    return content if isinstance(content, dict) else {}
