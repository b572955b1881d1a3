"""What the local cloud does not implement, answered as AWS answers an operation that it does not know: by name.

Never an empty success: a program that relies on what is missing must see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Failure, error_response
from .services import SERVICES, protocol_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from .wire import WireRequest

_JSON_CODE = "UnknownOperationException"


def answer_unknown(request: WireRequest, service: str) -> Response:
    """Answer a request for an operation that the local cloud does not have.

    Args:
        request: The request.
        service: The signing name of the service that it is for.
    """
    protocol = protocol_of(request, service)
    failure = unknown_operation(service, _operation(request, service), protocol)
    return error_response(failure, protocol, head=request.method == "HEAD")


def _operation(request: WireRequest, service: str) -> str:
    """Return the name of the operation that a request is for; of REST services it is in the model only."""
    if request.action:
        return request.action
    from moto.core.request import Request
    from moto.core.routing import get_service_router

    model = SERVICES[service].model if service in SERVICES else service
    try:
        operation, _ = get_service_router(model).match(Request(request.environ))
    except Exception:
        # Whatever the service's model makes of the request, the answer is the same.
        return f"{request.method} {request.path}"
    return str(operation.name)


def unknown_operation(service: str, operation: str, protocol: str) -> Failure:
    """Word the answer to an operation that the local cloud does not have.

    Args:
        service: The signing name of the service.
        operation: The operation's name.
        protocol: The protocol of the request.

    Returns:
        What to answer.
    """
    message = f"The local cloud does not implement {service}:{operation}."
    if protocol in ("query", "ec2"):
        return Failure("InvalidAction", message, 400)
    if protocol == "rest-xml":
        return Failure("NotImplemented", message, 501)
    return Failure(_JSON_CODE, message, 404 if protocol == "rest-json" else 400)
