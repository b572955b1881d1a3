"""SQS's long polls, waited out here: inside moto the wait would hold up every change, the awaited message included."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from typing import TYPE_CHECKING

from ..moto_adjustments import import_module

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ..signature import Identified
    from ..wire import WireRequest

_LONGEST_SECONDS = 20
_FORM_WAIT = re.compile(rb"(?<![A-Za-z])WaitTimeSeconds=(\d*)")


def is_receive(request: WireRequest, service: str) -> bool:
    """Tell whether a request asks for messages of a queue."""
    return service == "sqs" and request.action == "ReceiveMessage"


def seconds_to_wait(request: WireRequest, identified: Identified) -> float:
    """Return how long a request for messages is willing to wait: its own setting, or else its queue's."""
    stated = _stated_seconds(request)
    if stated is None:
        stated = _queue_seconds(request, identified)
    return min(max(stated, 0), _LONGEST_SECONDS)


def without_waiting(request: WireRequest) -> WireRequest:
    """Return the same request with a wait of zero, for moto."""
    if request.target:
        content = json.loads(request.body or b"{}")
        body = json.dumps({**content, "WaitTimeSeconds": 0}).encode()
    elif _FORM_WAIT.search(request.body):
        body = _FORM_WAIT.sub(b"WaitTimeSeconds=0", request.body)
    else:
        body = request.body + b"&WaitTimeSeconds=0"
    environ = {**request.environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return dataclasses.replace(request, body=body, environ=environ)


def has_messages(response: Response) -> bool:
    """Tell whether an answer holds messages, in either of SQS's protocols."""
    content = response.get_data()
    return b'"MessageId"' in content or b"<MessageId>" in content


def _stated_seconds(request: WireRequest) -> int | None:
    if request.target:
        content = json.loads(request.body or b"{}")
        stated = content.get("WaitTimeSeconds") if isinstance(content, dict) else None
        return int(stated) if isinstance(stated, int) else None
    match = _FORM_WAIT.search(request.body)
    return int(match.group(1)) if match and match.group(1) else None


def _queue_seconds(request: WireRequest, identified: Identified) -> int:
    url = (
        json.loads(request.body or b"{}").get("QueueUrl", "")
        if request.target
        else request.form.get("QueueUrl", [""])[0]
    )
    queues = import_module("moto.sqs.models").sqs_backends[identified.caller.account][identified.caller.region].queues
    queue = queues.get((url or request.path).rpartition("/")[2])
    return int(getattr(queue, "receive_message_wait_time_seconds", 0) or 0)
