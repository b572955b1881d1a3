"""Asking an asynchronous endpoint: the file goes to the data bucket, and the answer appears there."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.names import ASYNC_PREFIX, s3_uri, split_s3_uri
from mlstack_components.errors import MlstackError

from mlstack.cloud.errors import is_missing
from mlstack.serving.ask import Answer, ModelError, explanation_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack.cloud.deployment import Deployment
    from mlstack.serving.rows import Payload

_POLL_SECONDS = 0.5
_SLOWEST_POLL_SECONDS = 5.0
# RequestTTLSeconds and InvocationTimeoutSeconds in SageMaker's API reference: how long a call may wait and take.
_LONGEST_SECONDS = 21_600 + 900


@dataclass(frozen=True)
class Submitted:
    """A call that waits.

    Attributes:
        inference_id: What the cloud knows it by.
        input_location: Where the file is.
        output_location: Where the answer will be.
        failure_location: Where it will be said that there is none, or None.
    """

    inference_id: str
    input_location: str
    output_location: str
    failure_location: str | None

    def to_json(self, endpoint: str) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "endpoint": endpoint,
            "inference_id": self.inference_id,
            "input_location": self.input_location,
            "output_location": self.output_location,
            "failure_location": self.failure_location,
        }


def submit(deployment: Deployment, payload: Payload, accept: str, source: str) -> Submitted:
    """Upload a file and call the endpoint with it.

    Args:
        deployment: The environment.
        payload: What to send.
        accept: The media type wanted.
        source: The file's name; `-` for standard input.

    Raises:
        MlstackError: There is no endpoint yet, or it is not in service.
    """
    from botocore.exceptions import ClientError

    # Each environment has a data bucket, whatever parts it has.
    name, bucket = deployment.endpoint_name, str(deployment.outputs.data_bucket)
    file = "input" if source == "-" else PurePath(source).name
    key = f"{ASYNC_PREFIX}{name}/input/{uuid.uuid4()}/{file}"
    s3 = deployment.session.client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=payload.body, ContentType=payload.content_type)
    try:
        answer = deployment.session.client("sagemaker-runtime").invoke_endpoint_async(
            EndpointName=name,
            InputLocation=s3_uri(bucket, key),
            ContentType=payload.content_type,
            Accept=accept,
        )
    except ClientError as error:
        s3.delete_object(Bucket=bucket, Key=key)
        explanation = explanation_of(error, deployment)
        if explanation is None:
            raise
        raise explanation from error
    return Submitted(
        answer.get("InferenceId", ""), s3_uri(bucket, key), answer["OutputLocation"], answer.get("FailureLocation")
    )


def wait(
    deployment: Deployment,
    submitted: Submitted,
    *,
    sleep: Callable[[float], object] = time.sleep,
) -> Answer:
    """Wait for the answer to a call.

    Args:
        deployment: The environment.
        submitted: The call.
        sleep: Waits.

    Raises:
        ModelError: The model failed on it, or it could not be worked on.
        MlstackError: There is no answer after the longest time that a call may take.
    """
    s3 = deployment.session.client("s3")
    began, pause = time.monotonic(), _POLL_SECONDS
    while time.monotonic() - began < _LONGEST_SECONDS:
        found = _read(s3, submitted.output_location)
        if found is not None:
            return Answer(found["Body"].read(), found.get("ContentType", ""), None)
        failed = _read(s3, submitted.failure_location) if submitted.failure_location else None
        if failed is not None:
            said = failed["Body"].read().decode("utf-8", errors="replace").strip()
            raise ModelError(
                f"The model could not answer: {said}",
                next_step=f"`mlstack logs {deployment.address} --endpoint` shows its log.",
            )
        sleep(pause)
        pause = min(pause * 1.2, _SLOWEST_POLL_SECONDS)
    raise MlstackError(
        f"There is no answer after {_LONGEST_SECONDS / 3600:.1f} hours.",
        next_step=f"It would be at {submitted.output_location}.",
    )


def _read(s3: Any, location: str) -> Any:
    from botocore.exceptions import ClientError

    bucket, key = split_s3_uri(location)
    try:
        return s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
