"""How an asynchronous call ended, and the message that says so.

The message's form is that of
https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document
    from mlstack_localcloud.server.sagemaker.serving.asynchronous.request import AsyncRequest

COMPLETED, FAILED, EXPIRED = "Completed", "Failed", "Expired"
_MOST_BYTES = 128 << 10
"""IncludeInferenceResponseIn: a larger response is in no message."""


@dataclass(frozen=True)
class Outcome:
    """What became of a call.

    Attributes:
        status: `Completed`, `Failed` or `Expired`.
        body: The model's answer, or what is written in its place.
        content_type: Its media type.
        reason: Why there is no answer.
    """

    status: str
    body: bytes
    content_type: str
    reason: str = ""

    @classmethod
    def failed(cls, reason: str, body: bytes | None = None, *, status: str = FAILED) -> Outcome:
        """Return the outcome of a call without an answer.

        Args:
            reason: Why.
            body: What the container said of it; the reason where None.
            status: `Failed` or `Expired`.
        """
        return cls(status, reason.encode() if body is None else body, "text/plain", reason)


def message(asked: AsyncRequest, outcome: Outcome) -> str:
    """Return the message to the topic of a call, JSON.

    Args:
        asked: The call.
        outcome: How it ended.
    """
    parameters: Document = {
        "contentType": asked.headers["Content-Type"],
        "accept": asked.headers["Accept"],
        "endpointName": arns.name_of(asked.arn, arns.ENDPOINT),
    }
    if asked.input_location is not None:
        parameters["inputLocation"] = asked.input_location
    content: Document = {
        "awsRegion": arns.region_of(asked.arn),
        "eventTime": _stamp(datetime.now(UTC)),
        "receivedTime": _stamp(datetime.fromtimestamp(asked.received, UTC)),
        "invocationStatus": outcome.status,
        "requestParameters": parameters,
        "inferenceId": asked.inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }
    if outcome.status == COMPLETED:
        content["responseParameters"] = {
            "contentType": outcome.content_type,
            "outputLocation": asked.output_location,
        }
    else:
        content["failureReason"] = outcome.reason
        if asked.failure_location is not None:
            content["responseParameters"] = {"failureLocation": asked.failure_location}
    return json.dumps({**content, **_response(asked, outcome)})


def topic(asked: AsyncRequest, outcome: Outcome) -> str | None:
    """Return the topic that is told of an outcome, or None."""
    config = asked.config["OutputConfig"].get("NotificationConfig", {})
    found: str | None = config.get("SuccessTopic" if outcome.status == COMPLETED else "ErrorTopic")
    return found or None


def _response(asked: AsyncRequest, outcome: Outcome) -> Document:
    config = asked.config["OutputConfig"].get("NotificationConfig", {})
    name = "SUCCESS_NOTIFICATION_TOPIC" if outcome.status == COMPLETED else "ERROR_NOTIFICATION_TOPIC"
    if name not in config.get("IncludeInferenceResponseIn", []) or len(outcome.body) > _MOST_BYTES:
        return {}
    try:
        body = {"content": outcome.body.decode("utf-8"), "encoding": "UTF-8"}
    except UnicodeDecodeError:
        body = {"content": base64.b64encode(outcome.body).decode(), "encoding": "BASE64"}
    return {"responseBody": body}


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
