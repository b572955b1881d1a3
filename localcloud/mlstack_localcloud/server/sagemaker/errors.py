"""Errors of the API, in SageMaker's codes and words."""

from __future__ import annotations


class ServiceError(Exception):
    """A request that is refused.

    Attributes:
        code: The error's name on the wire, such as `ValidationException`.
        message: What is wrong.
        status: The HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def validation_error(message: str) -> ServiceError:
    """Return the error of a request whose values are wrong, or that names what is not there."""
    return ServiceError("ValidationException", message)


def access_denied(message: str) -> ServiceError:
    """Return the error of a request whose sender may not make it."""
    return ServiceError("AccessDeniedException", message)


def not_found(message: str) -> ServiceError:
    """Return the error of an operation on a resource that is not there."""
    return ServiceError("ResourceNotFound", message)


def in_use(message: str) -> ServiceError:
    """Return the error of a name that is taken, or of a resource that is busy."""
    return ServiceError("ResourceInUse", message)


def conflict(message: str) -> ServiceError:
    """Return the error of a change that what exists does not allow."""
    return ServiceError("ConflictException", message)


def unknown_operation(operation: str) -> ServiceError:
    """Return AWS's answer to an operation that does not exist, naming the one that was asked for."""
    return ServiceError(
        "UnknownOperationException", f"The operation SageMaker.{operation} is not known to the local cloud.", 404
    )
