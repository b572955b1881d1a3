"""Feature Store's runtime API on the wire: REST requests to documents, and back."""

from __future__ import annotations

import json
import logging
import re
import uuid
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from werkzeug import Response

from mlstack_localcloud.server.sagemaker import service_model, validation
from mlstack_localcloud.server.sagemaker.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.server.sagemaker.features.runtime import FeatureRuntime
    from mlstack_localcloud.server.sagemaker.ports import Document, Identity
    from mlstack_localcloud.server.sagemaker.service_model import Shape

_SERVICE = "sagemaker-featurestore-runtime"
_GROUP = re.compile(r"/FeatureGroup/(?P<FeatureGroupName>[^/]+)\Z")
_LIST = re.compile(r"/FeatureGroup/(?P<FeatureGroupName>[^/]+)/ListRecords\Z")
_BATCH_GET = re.compile(r"/BatchGetRecord\Z")
# A table of the operations' HTTP bindings in botocore's model.
_ROUTES = (
    ("PUT", _GROUP, "PutRecord"),
    ("GET", _GROUP, "GetRecord"),
    ("DELETE", _GROUP, "DeleteRecord"),
    ("POST", _LIST, "ListRecords"),
    ("POST", _BATCH_GET, "BatchGetRecord"),
)
_STATUSES = {"AccessDeniedException": 403, "ResourceNotFound": 404}
_log = logging.getLogger(__name__)


def operation_of(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """Return the operation of a request and what its path says; None where it is none of this API."""
    for verb, pattern, operation in _ROUTES:
        match = pattern.match(path) if verb == method else None
        if match:
            return operation, {name: unquote(value) for name, value in match.groupdict().items()}
    return None


def answer(
    runtime: FeatureRuntime,
    route: tuple[str, dict[str, str]],
    query: str,
    body: bytes,
    caller: Identity,
    *,
    authorize: Callable[[str, Document, Identity], None],
) -> Response:
    """Answer a request.

    Args:
        runtime: What answers.
        route: The operation's name, and what the path says.
        query: The query string.
        body: The body.
        caller: Who asks.
        authorize: Refuses operations that the caller may not call.

    Returns:
        The answer, or the error as AWS shapes it. Nothing is raised.
    """
    operation, named = route
    try:
        shape = service_model.input_shape(operation, _SERVICE)
        request = validation.checked(shape, _document(shape, named, query, body))
        authorize(operation, request, caller)
        return _response(runtime.operations()[operation](request, caller), 200)
    except ServiceError as error:
        # The runtime API has a name of its own for it.
        code = "ValidationError" if error.code == "ValidationException" else error.code
        status = _STATUSES.get(code, error.status)
        return _response({"Message": error.message}, status, code)
    except Exception:
        _log.exception("%s failed", operation)
        return _response({"Message": "The local cloud failed; see its log."}, 500, "InternalFailure")


def _document(shape: Shape, named: dict[str, str], query: str, body: bytes) -> Document:
    document: Document = {**validation.parsed(body), **named}
    given = parse_qs(query, keep_blank_values=True)
    for member, form in shape.members.items():
        if form.serialization.get("location") == "querystring":
            values = given.get(form.serialization["name"])
            if values:
                document[member] = values if form.type_name == "list" else values[0]
    return document


def _response(document: Document, status: int, error: str | None = None) -> Response:
    response = Response(
        json.dumps(document),
        status=status,
        content_type="application/json",
        headers={"x-amzn-RequestId": str(uuid.uuid4())},
    )
    if error is not None:
        response.headers["x-amzn-ErrorType"] = error
    return response
