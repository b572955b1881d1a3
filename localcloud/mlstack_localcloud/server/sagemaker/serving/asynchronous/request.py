"""One asynchronous call: what InvokeEndpointAsync asks for, and where its answer will be."""

from __future__ import annotations

import base64
import time
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import service_model, validation
from mlstack_localcloud.server.sagemaker.errors import validation_error

if TYPE_CHECKING:
    from werkzeug import Request

    from mlstack_localcloud.server.sagemaker.ports import Document

_SERVICE, _OPERATION = "sagemaker-runtime", "InvokeEndpointAsync"
# Defaults of RequestTTLSeconds and InvocationTimeoutSeconds in the API reference.
_SECONDS_TO_LIVE, _SECONDS_TO_ANSWER = 21_600, 900
_CUSTOM, _INFERENCE_ID = "X-Amzn-SageMaker-Custom-Attributes", "X-Amzn-SageMaker-Inference-Id"


@dataclass(frozen=True)
class AsyncRequest:
    """A call that waits, as it is kept.

    Attributes:
        arn: The endpoint.
        inference_id: What the caller knows it by.
        config: The AsyncInferenceConfig that was in force when it came.
        output_location: Where its answer is written.
        failure_location: Where it is written that there is none; None where the configuration has no place.
        input_location: Where its input is; None where it came with the call.
        body: The input that came with the call, in base64.
        headers: What the model is told with it.
        received: When it came, in seconds since 1970.
        seconds_to_live: How long it may wait.
        seconds_to_answer: How long the model may take.
        attempts: How often a process ended while it worked on it.
    """

    arn: str
    inference_id: str
    config: Document
    output_location: str
    failure_location: str | None
    input_location: str | None
    body: str
    headers: dict[str, str]
    received: float
    seconds_to_live: int
    seconds_to_answer: int
    attempts: int = 0

    def document(self) -> Document:
        """Return the call as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, document: Document) -> AsyncRequest:
        """Return the call in a document."""
        return cls(**document)

    @property
    def expired(self) -> bool:
        """Whether it waited longer than it may."""
        return time.time() - self.received > self.seconds_to_live

    @property
    def key_id(self) -> str | None:
        """The KMS key of what is written for it."""
        key: str | None = self.config["OutputConfig"].get("KmsKeyId")
        return key

    def inline(self) -> bytes:
        """Return the input that came with the call."""
        return base64.b64decode(self.body)


def read(arn: str, name: str, request: Request, config: Document) -> AsyncRequest:
    """Return the call in a request of the runtime API.

    Args:
        arn: The endpoint.
        name: Its name.
        request: The request.
        config: The endpoint's AsyncInferenceConfig.

    Raises:
        ServiceError: The request is not valid.
    """
    body = request.get_data()
    given = _members(name, request, body)
    if bool(body) == ("InputLocation" in given):
        raise validation_error("Provide exactly one of Body and InputLocation.")
    output, failure = _locations(config["OutputConfig"], given)
    return AsyncRequest(
        arn=arn,
        inference_id=given.get("InferenceId") or str(uuid.uuid4()),
        config=config,
        output_location=output,
        failure_location=failure,
        input_location=given.get("InputLocation"),
        body=base64.b64encode(body).decode(),
        headers=_headers(given),
        received=time.time(),
        seconds_to_live=given.get("RequestTTLSeconds", _SECONDS_TO_LIVE),
        seconds_to_answer=given.get("InvocationTimeoutSeconds", _SECONDS_TO_ANSWER),
    )


def _members(name: str, request: Request, body: bytes) -> Document:
    shape = service_model.input_shape(_OPERATION, _SERVICE)
    if shape is None:
        raise validation_error(f"The installed botocore has no {_OPERATION}.")
    members: Document = {"EndpointName": name}
    for member, form in shape.members.items():
        header = request.headers.get(form.serialization.get("name", ""))
        if header is not None and form.serialization.get("location") == "header":
            whole = form.type_name == "integer" and header.lstrip("-").isdecimal()
            members[member] = int(header) if whole else header
    most = shape.members["Body"].metadata["max"]
    if len(body) > most:
        raise validation_error(f"The payload is larger than {most} bytes: put it into S3 and give its InputLocation.")
    return validation.checked(shape, members)


def _locations(output: Document, given: Document) -> tuple[str, str | None]:
    extension = given.get("S3OutputPathExtension", "").strip("/")
    name = given.get("Filename") or f"{uuid.uuid4()}.out"
    stem, dot, suffix = name.rpartition(".")
    failed = f"{stem}-error.{suffix}" if dot else f"{name}-error"

    def below(path: str, file: str) -> str:
        return "/".join(part for part in (path.rstrip("/"), extension, file) if part)

    failure = output.get("S3FailurePath")
    return below(output["S3OutputPath"], name), below(failure, failed) if failure else None


def _headers(given: Document) -> dict[str, str]:
    headers = {
        "Content-Type": given.get("ContentType") or "application/json",
        "Accept": given.get("Accept") or "*/*",
    }
    for header, member in ((_CUSTOM, "CustomAttributes"), (_INFERENCE_ID, "InferenceId")):
        if member in given:
            headers[header] = given[member]
    return headers
