"""The lines of data capture: which calls are kept and how SageMaker writes them down.

Source of the format: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html. Content
of a type that the configuration does not name is written in base64 (API reference, CaptureContentTypeHeader).
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlstack_localcloud.server.sagemaker.ports import Document


@dataclass(frozen=True)
class CaptureSettings:
    """A DataCaptureConfig.

    Attributes:
        percent: Which share of the calls is kept, 0 to 100.
        destination: The S3 URI below which the files go.
        key_id: The KMS key of the files; None for the bucket's default.
        modes: Which sides are kept: `Input`, `Output`.
        csv_types: Content types that are written as CSV text.
        json_types: Content types that are written as JSON text; all others are written in base64.
    """

    percent: int
    destination: str
    key_id: str | None
    modes: frozenset[str]
    csv_types: frozenset[str]
    json_types: frozenset[str]

    @classmethod
    def of(cls, config: Document | None) -> CaptureSettings | None:
        """Return the settings of an endpoint configuration's DataCaptureConfig; None where nothing is captured."""
        if config is None or not config.get("EnableCapture"):
            return None
        modes = {option["CaptureMode"] for option in config["CaptureOptions"]}
        header = config.get("CaptureContentTypeHeader", {})
        return cls(
            percent=int(config["InitialSamplingPercentage"]),
            destination=str(config["DestinationS3Uri"]).rstrip("/"),
            key_id=config.get("KmsKeyId"),
            modes=frozenset({"Input", "Output"} if "InputAndOutput" in modes else modes),
            csv_types=frozenset(each.lower() for each in header.get("CsvContentTypes", ())),
            json_types=frozenset(each.lower() for each in header.get("JsonContentTypes", ())),
        )


@dataclass(frozen=True)
class Side:
    """The request or the response of a call.

    Attributes:
        content_type: Its content type.
        data: Its body.
    """

    content_type: str
    data: bytes


@dataclass(frozen=True)
class Captured:
    """One call that is kept.

    Attributes:
        variant: The variant that answered.
        asked: The request.
        answered: The response.
        inference_id: What the caller calls it (`Inference-Id`), or None.
        custom_attributes: The caller's custom attributes, or None.
        at: When it was answered.
        event_id: Its own id.
    """

    variant: str
    asked: Side
    answered: Side
    inference_id: str | None = None
    custom_attributes: str | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def size(self) -> int:
        """Its bytes in the buffer."""
        return len(self.asked.data) + len(self.answered.data)


def lines(calls: Iterable[Captured], settings: CaptureSettings) -> bytes:
    """Return calls as SageMaker's capture files have them: one JSON document a line.

    Args:
        calls: The calls.
        settings: Which sides are kept, and how their content is written.
    """
    documents = (_document(captured, settings) for captured in calls)
    return b"".join(json.dumps(each, separators=(",", ":")).encode() + b"\n" for each in documents)


def _document(captured: Captured, settings: CaptureSettings) -> Document:
    data: Document = {}
    if "Input" in settings.modes:
        data["endpointInput"] = _side(captured.asked, "INPUT", settings)
    if "Output" in settings.modes:
        data["endpointOutput"] = _side(captured.answered, "OUTPUT", settings)
    metadata: Document = {"eventId": captured.event_id}
    if captured.custom_attributes is not None:
        metadata["customAttributes"] = [captured.custom_attributes]
    if captured.inference_id is not None:
        metadata["inferenceId"] = captured.inference_id
    metadata["inferenceTime"] = f"{captured.at:%Y-%m-%dT%H:%M:%SZ}"
    return {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}


def _side(side: Side, mode: str, settings: CaptureSettings) -> Document:
    text, encoding = _written(side, settings)
    return {"observedContentType": side.content_type, "mode": mode, "data": text, "encoding": encoding}


def _written(side: Side, settings: CaptureSettings) -> tuple[str, str]:
    kind = side.content_type.partition(";")[0].strip().lower()
    encoding = "CSV" if kind in settings.csv_types else "JSON" if kind in settings.json_types else "BASE64"
    if encoding != "BASE64":
        try:
            return side.data.decode("utf-8"), encoding
        except UnicodeDecodeError:
            pass  # No text, whatever its content type says.
    return base64.b64encode(side.data).decode("ascii"), "BASE64"
