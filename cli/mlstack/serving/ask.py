"""Asking the live endpoint for predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

from mlstack.cloud.errors import error_code, error_message, is_missing
from mlstack.serving.rows import predictions

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from mlstack.cloud.deployment import Deployment
    from mlstack.serving.rows import Payload


class ModelError(MlstackError):
    """The model's server answered with an error of its own."""

    code = "model"


@dataclass(frozen=True)
class Answer:
    """What the endpoint answered.

    Attributes:
        body: The bytes.
        content_type: Their media type.
        variant: The production variant that answered, or None.
    """

    body: bytes
    content_type: str
    variant: str | None

    def to_json(self, endpoint: str) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "endpoint": endpoint,
            "variant": self.variant,
            "content_type": self.content_type,
            "predictions": predictions(self.body, self.content_type),
        }


def ask(
    deployment: Deployment, payload: Payload, accept: str, variant: str | None = None, call_id: str | None = None
) -> Answer:
    """Invoke the endpoint once.

    Args:
        deployment: The environment.
        payload: What to send.
        accept: The media type wanted.
        variant: The production variant that should answer; the weights decide where None.
        call_id: What the call is known by when its labels come, or None.

    Returns:
        The answer.

    Raises:
        ModelError: The model's server failed on it.
        MlstackError: There is no endpoint yet, or it is not in service.
    """
    from botocore.exceptions import ClientError

    name = deployment.endpoint_name
    chosen: Any = {} if variant is None else {"TargetVariant": variant}
    chosen |= {} if call_id is None else {"InferenceId": call_id}
    try:
        answer = deployment.session.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=name, Body=payload.body, ContentType=payload.content_type, Accept=accept, **chosen
        )
    except ClientError as error:
        explanation = explanation_of(error, deployment)
        if explanation is None:
            raise
        raise explanation from error
    return Answer(answer["Body"].read(), answer.get("ContentType", ""), answer.get("InvokedProductionVariant"))


def explanation_of(error: ClientError, deployment: Deployment) -> MlstackError | None:
    """What a refused call means for the user, or None where that is not known.

    Args:
        error: The refusal.
        deployment: The environment.
    """
    environment = deployment.environment
    if error_code(error) == "ModelError":
        said = str(error.response.get("OriginalMessage") or error_message(error)).strip()
        return ModelError(
            f"The model could not answer: {said}",
            next_step=f"`mlstack logs {deployment.address} --endpoint` shows its log.",
        )
    if error_message(error).startswith("Variant "):
        return MlstackError(
            f"The endpoint of `{environment}` has no such variant that answers.",
            next_step=f"`mlstack status {environment}` shows those that it has.",
        )
    if is_missing(error) or "not found" in error_message(error).lower():
        return MlstackError(
            f"The endpoint of `{environment}` does not exist yet.",
            next_step=f"Release an approved model with `mlstack release {deployment.address}`.",
        )
    if error_code(error) == "ThrottlingException":
        return MlstackError(
            f"The endpoint of `{environment}` works on as many calls as `serving.serverless.max_concurrency` allows.",
            next_step="Try again, or raise it in mlstack.yaml.",
        )
    return None
