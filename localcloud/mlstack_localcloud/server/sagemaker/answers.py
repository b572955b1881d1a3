"""Answers and errors of SageMaker's API on the wire."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from werkzeug import Response

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.errors import ServiceError
    from mlstack_localcloud.server.sagemaker.ports import Document

_JSON = "application/x-amz-json-1.1"


def json_answer(document: Document, status: int = 200) -> Response:
    """Return an answer in the JSON 1.1 protocol.

    Args:
        document: What it says.
        status: The HTTP status.
    """
    return Response(
        json.dumps(document), status=status, content_type=_JSON, headers={"x-amzn-RequestId": str(uuid.uuid4())}
    )


def error_answer(error: ServiceError) -> Response:
    """Return an error in the JSON 1.1 protocol."""
    response = json_answer({"__type": error.code, "message": error.message}, error.status)
    response.headers["x-amzn-ErrorType"] = error.code
    return response
