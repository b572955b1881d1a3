"""What moto does not tell of a bucket's notifications: that its events go to EventBridge.

Private parts of moto: `S3Response.get_bucket_notification` and `bucket_name`, and a bucket's `event_bridge`.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

_ELEMENT = "NotificationConfiguration"
_EMPTY = re.compile(rf"<{_ELEMENT}([^>]*?)\s*/>")
_END = f"</{_ELEMENT}>"


def adjust(responses: ModuleType) -> None:
    """Let GetBucketNotificationConfiguration tell it; making the adjustment again changes nothing.

    Args:
        responses: `moto.s3.responses`.
    """
    answer = responses.S3Response.get_bucket_notification
    if hasattr(answer, "__wrapped__"):
        return

    @functools.wraps(answer)
    def get_bucket_notification(response: Any) -> tuple[int, dict[str, str], str]:
        status, headers, body = answer(response)
        configuration = response.backend.get_bucket_notification_configuration(response.bucket_name)
        if configuration is None or configuration.event_bridge is None:
            return status, headers, body
        text = body.decode() if isinstance(body, bytes) else body
        text = _EMPTY.sub(rf"<{_ELEMENT}\1>{_END}", text)
        return status, headers, text.replace(_END, f"<EventBridgeConfiguration/>{_END}")

    responses.S3Response.get_bucket_notification = get_bucket_notification
