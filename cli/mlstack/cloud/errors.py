"""AWS's errors as one sentence and what to do next."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.exceptions import ClientError
    from mlstack_stacks.spec.stack import StackSpec

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN_KEYS = frozenset(
    {"UnrecognizedClientException", "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidAccessKeyId"}
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_THROTTLED = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"})
_LIMITS = frozenset({"ResourceLimitExceeded", "ServiceQuotaExceededException", "LimitExceededException"})


class CloudError(MlstackError):
    """The cloud answered with an error."""

    code = "cloud"


def error_code(error: ClientError) -> str:
    """AWS's code of an error, such as `ValidationException`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_message(error: ClientError) -> str:
    """AWS's message of an error."""
    return str(error.response.get("Error", {}).get("Message", "")) or str(error)


def is_denied(error: ClientError) -> bool:
    """Whether AWS says that the caller may not do it."""
    return error_code(error) in _DENIED


def is_missing(error: ClientError) -> bool:
    """Whether AWS says that something does not exist.

    Services name it by what is missing, such as NoSuchBucket or RepositoryNotFoundException. SageMaker has no code of
    its own for it: it is a ValidationException (`Could not find …`, `… does not exist`), for some operations a
    ResourceNotFound.
    """
    code, message = error_code(error), error_message(error).lower()
    if code == "404" or code.startswith("NoSuch") or code.endswith(("NotFound", "NotFoundException")):
        return True
    return code == "ValidationException" and ("could not find" in message or "does not exist" in message)


@contextmanager
def explained(spec: StackSpec) -> Iterator[None]:
    """Turn boto3's exceptions into mlstack's.

    Args:
        spec: The environment that is spoken to.

    Raises:
        CloudError: The cloud refused, could not be reached, or failed.
    """
    from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004 - its name

    try:
        yield
    except ClientError as error:
        raise _refused(error, spec) from error
    except (ConnectionError, HTTPClientError) as error:
        raise _unreachable(error, spec) from error
    except BotoCoreError as error:
        raise CloudError(f"The call to `{spec.environment}` could not be made: {str(error).rstrip('.')}.") from error


def _refused(error: ClientError, spec: StackSpec) -> CloudError:
    code, operation = error_code(error), getattr(error, "operation_name", "the call")
    said = error_message(error).rstrip(".")
    if code in _EXPIRED:
        return CloudError("The AWS credentials have expired.", next_step=_login(spec))
    if code in _UNKNOWN_KEYS:
        return CloudError(f"{operation} was refused: the keys are not known there ({code}).", next_step=_login(spec))
    if code in _DENIED:
        return CloudError(f"{operation} was denied: {said}.", next_step="Ask for this permission, then run it again.")
    if code in _THROTTLED:
        return CloudError(f"{operation} was throttled: {said}.", next_step="Wait a minute, then run it again.")
    if code in _LIMITS:
        return CloudError(f"A quota is exhausted: {said}.", next_step="Raise it in AWS's Service Quotas console.")
    return CloudError(f"{operation} failed: {said} ({code}).")


def _unreachable(error: Exception, spec: StackSpec) -> CloudError:
    details: Mapping[str, Any] = getattr(error, "kwargs", {})
    address = details.get("endpoint_url", "the cloud")
    if spec.is_local:
        return CloudError(
            f"The local cloud does not answer at {address}.", next_step="Start it with `mlstack local start`."
        )
    return CloudError(f"{address} cannot be reached.", next_step="Check the network, then run it again.")


def _login(spec: StackSpec) -> str:
    if spec.is_local:
        return "Restart the local cloud with `mlstack local stop` and `mlstack local start`."
    return f"Log in to account {spec.account}, for example with `aws sso login`."
