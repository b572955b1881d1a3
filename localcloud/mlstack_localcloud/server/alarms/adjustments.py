"""What moto's CloudWatch does otherwise than AWS, as far as alarms depend on it. May be called again.

Private parts of moto: `CloudWatchBackend.put_metric_alarm`, `CloudWatchBackend.put_metric_data`, `metric_data`,
`alarms`, and the attributes of `Alarm`.
"""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta
from typing import Any

from ..moto_adjustments import imported

KEPT = timedelta(hours=3)
"""How long AWS keeps data of less than a minute's resolution; moto keeps everything for ever."""

_STATE = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history")
_OURS = ("AWS/", "/aws/")


def adjust() -> None:
    """Adjust moto's CloudWatch, if it is imported by now."""
    cloudwatch = imported("moto.cloudwatch.models")
    if cloudwatch is None or hasattr(cloudwatch.CloudWatchBackend.put_metric_alarm, "__wrapped__"):
        return
    backend = cloudwatch.CloudWatchBackend
    put_alarm, put_data = backend.put_metric_alarm, backend.put_metric_data

    @functools.wraps(put_alarm)
    def put_metric_alarm(self: Any, name: str, *arguments: Any, **options: Any) -> Any:
        # A new alarm knows nothing yet, and a changed one stays as it is until it is evaluated.
        before = self.alarms.get(name)
        alarm = put_alarm(self, name, *arguments, **options)
        alarm.state_value = "INSUFFICIENT_DATA"
        if before is not None:
            for attribute in _STATE:
                setattr(alarm, attribute, getattr(before, attribute))
        return alarm

    @functools.wraps(put_data)
    def put_metric_data(self: Any, namespace: str, *arguments: Any, **options: Any) -> None:
        put_data(self, namespace, *arguments, **options)
        if namespace.startswith(_OURS):
            newest = max(map(_moment, self.metric_data), default=datetime.now(UTC))
            self.metric_data = [
                each
                for each in self.metric_data
                if not each.namespace.startswith(_OURS) or _moment(each) > newest - KEPT
            ]

    backend.put_metric_alarm, backend.put_metric_data = put_metric_alarm, put_metric_data


def _moment(datum: Any) -> datetime:
    moment: datetime = datum.timestamp
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
