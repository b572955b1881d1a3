"""From a request to the actions and resources that it needs."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

from ..services import SERVICES
from .access import Access, Place, UnknownActionError
from .encryption import is_customer_key, key_access, key_tags
from .services import common, s3, sagemaker, scheduler
from .services.common import FREE, PREFIXES, keys_of, passed_roles, resources_of
from .sources import account_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..signature import Identified
    from ..wire import WireRequest

_CBOR_OPERATION = re.compile(r"/service/[^/]+/operation/(\w+)\Z")
_INVOCATION = re.compile(r"/endpoints/([^/]+)/(async-)?invocations")
_MEMBER = re.compile(r"\.(?:member\.)?(\d+)(?=\.|\Z)")


def accesses_of(request: WireRequest, identified: Identified) -> list[Access]:
    """Return what a request needs; nothing where everybody may do it.

    Args:
        request: The request.
        identified: Who made it, and for which service.

    Raises:
        UnknownActionError: It is not known what it needs.
    """
    service, place = identified.service, Place(identified.caller.account, identified.caller.region)
    if service in _BY_PATH:
        return _BY_PATH[service](request, place)
    operation = _operation(request)
    if not operation:
        if service in SERVICES:
            raise UnknownActionError(f"{service} {request.method} {request.path}")
        return []
    action = f"{PREFIXES.get(service, service)}:{operation}"
    if action in FREE:
        return []
    try:
        return _of_operation(service, operation, _parameters(request), place)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise UnknownActionError(f"{action} with members of another shape") from error


def _invocation(request: WireRequest, place: Place) -> list[Access]:
    invoked = _INVOCATION.match(request.path)
    if invoked is None:
        return []
    return [sagemaker.invocation(invoked.group(1), place, asynchronous=invoked.group(2) is not None)]


# Services whose requests name their operation by method and path.
_BY_PATH: dict[str, Callable[[WireRequest, Place], list[Access]]] = {
    "s3": s3.accesses,
    "sagemaker": _invocation,
    "scheduler": scheduler.accesses,
}


def _of_operation(service: str, operation: str, parameters: dict[str, Any], place: Place) -> list[Access]:
    action = f"{PREFIXES.get(service, service)}:{operation}"
    keys = keys_of(service, parameters, place)
    found = [
        Access(action, each, {**keys, **key_tags(each)}) for each in resources_of(service, operation, parameters, place)
    ]
    found += [
        Access("iam:PassRole", role, {"iam:passedtoservice": (to,)})
        for role, to in passed_roles(service, operation, parameters)
    ]
    return found + _uses_of_keys(service, operation, found[0].resource)


def _uses_of_keys(service: str, operation: str, resource: str) -> list[Access]:
    """Return the uses of keys that a message to an encrypted topic or queue, or one from a queue, needs."""
    actions = _WITH_KEYS.get((service, operation), ())
    return encrypted_delivery(service, resource, actions) if actions else []


_WITH_KEYS = {
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html and
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    ("sns", "Publish"): ("kms:GenerateDataKey", "kms:Decrypt"),
    ("sns", "PublishBatch"): ("kms:GenerateDataKey", "kms:Decrypt"),
    ("sqs", "SendMessage"): ("kms:GenerateDataKey", "kms:Decrypt"),
    ("sqs", "SendMessageBatch"): ("kms:GenerateDataKey", "kms:Decrypt"),
    ("sqs", "ReceiveMessage"): ("kms:Decrypt",),
}


def encrypted_delivery(
    service: str, resource: str, actions: tuple[str, ...] = ("kms:GenerateDataKey", "kms:Decrypt")
) -> list[Access]:
    """Return the uses of a topic's or a queue's key.

    Args:
        service: `sns` or `sqs`.
        resource: The ARN of the topic or queue.
        actions: How the key is used.
    """
    if not resource.startswith("arn:"):
        return []
    place, name = Place(account_of(resource), resource.split(":")[3]), resource.rpartition(":")[2]
    key = common.key_of_topic(resource) if service == "sns" else common.key_of_queue(place, name)
    if not is_customer_key(key):
        return []
    return [key_access(action, str(key), place, service, {f"aws:{service}:arn": resource}) for action in actions]


def _operation(request: WireRequest) -> str:
    if request.action:
        return request.action
    match = _CBOR_OPERATION.search(request.path)
    return match.group(1) if match else ""


def _parameters(request: WireRequest) -> dict[str, Any]:
    if "smithy-protocol" in request.headers:
        return _cbor(request.body)
    if request.target:
        try:
            content = json.loads(request.body or b"{}")
        except ValueError:
            # What is no JSON is refused by the service in its own words.
            return {}
        return content if isinstance(content, dict) else {}
    given = {name: values[-1] for name, values in request.form.items()} if request.is_form else request.parameters
    return _nested(given)


def _nested(given: dict[str, str]) -> dict[str, Any]:
    """Return the query protocol's members; lists and the objects in them one level deep, which is where tags are."""
    found: dict[str, Any] = {}
    lists: dict[str, dict[int, Any]] = {}
    for name, value in given.items():
        match = _MEMBER.search(name)
        if match is None:
            found[name] = value
            continue
        items, rest = lists.setdefault(name[: match.start()], {}), name[match.end() :].lstrip(".")
        if rest:
            items.setdefault(int(match.group(1)), {})[rest] = value
        else:
            items[int(match.group(1))] = value
    return {**found, **{name: [items[at] for at in sorted(items)] for name, items in lists.items()}}


def _cbor(body: bytes) -> dict[str, Any]:
    from botocore.parsers import BaseCBORParser

    if not body:
        return {}
    content = BaseCBORParser().parse_data_item(io.BufferedReader(io.BytesIO(body)))
    return content if isinstance(content, dict) else {}
