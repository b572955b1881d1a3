"""Errors of CodeBuild, in its own codes."""

from __future__ import annotations

from mlstack_localcloud.server.sagemaker.errors import ServiceError


def invalid_input(message: str) -> ServiceError:
    """Return the error of a request whose values are wrong."""
    return ServiceError("InvalidInputException", message)


def not_found(message: str) -> ServiceError:
    """Return the error of a request that names what is not there."""
    return ServiceError("ResourceNotFoundException", message)


def already_exists(message: str) -> ServiceError:
    """Return the error of a name that is taken."""
    return ServiceError("ResourceAlreadyExistsException", message)


def too_many_builds(message: str) -> ServiceError:
    """Return the error of a build beyond the limit of its project."""
    return ServiceError("AccountLimitExceededException", message)
