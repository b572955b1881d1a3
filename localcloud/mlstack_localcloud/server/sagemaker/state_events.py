"""Events of SageMaker's state changes, in the shapes that AWS documents.

Source: "Events that Amazon SageMaker AI sends to Amazon EventBridge" in the developer guide. Timestamps in details are
milliseconds, except in pipeline events, which carry ISO 8601 texts.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document, EventPublisher, Identity
    from mlstack_localcloud.server.sagemaker.store import Store

TRAINING_JOB = "SageMaker Training Job State Change"
HYPER_PARAMETER_TUNING_JOB = "SageMaker HyperParameter Tuning Job State Change"
PROCESSING_JOB = "SageMaker Processing Job State Change"
TRANSFORM_JOB = "SageMaker Transform Job State Change"
MODEL = "SageMaker Model State Change"
MODEL_PACKAGE = "SageMaker Model Package State Change"
ENDPOINT = "SageMaker Endpoint State Change"
PIPELINE_EXECUTION = "SageMaker Model Building Pipeline Execution Status Change"
PIPELINE_STEP = "SageMaker Model Building Pipeline Execution Step Status Change"

_log = logging.getLogger(__name__)


class StateEvents:
    """Publishes state changes; a bus that fails is logged and never fails what changed."""

    def __init__(self, bus: EventPublisher, store: Store) -> None:
        self._bus = bus
        self._store = store

    def changed(self, detail_type: str, arn: str, detail: Document, caller: Identity) -> None:
        """Publish that a resource changed, with what Describe answers as the detail and the resource's tags."""
        full = {**_milliseconds(detail), "Tags": self._store.tags(arn)}
        self.publish(detail_type, [arn], full, caller)

    def publish(self, detail_type: str, resources: list[str], detail: Document, caller: Identity) -> None:
        """Publish an event whose detail is complete."""
        try:
            self._bus.publish(
                source="aws.sagemaker",
                detail_type=detail_type,
                detail=detail,
                resources=resources,
                account=caller.account,
                region=caller.region,
            )
        except Exception:
            _log.exception("The event %r of %s could not be published", detail_type, resources)


def iso(seconds: float | None) -> str | None:
    """Return a time as pipeline events carry it: `2021-03-10T17:25:36Z`."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _milliseconds(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _milliseconds(item, name) for name, item in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [_milliseconds(item) for item in value]
    if isinstance(value, float) and key.endswith("Time"):
        return int(value * 1000)
    return value
