"""Answers of the query protocol, in XML, for the operations that are our own."""

from __future__ import annotations

from werkzeug.wrappers import Response

from .errors import new_request_id


def query_answer(operation: str, namespace: str, result: str) -> Response:
    """Serialise an answer of the query protocol.

    Args:
        operation: The operation.
        namespace: The XML namespace of the service's API.
        result: The XML inside of the result.
    """
    request_id = new_request_id()
    document = (
        f'<{operation}Response xmlns="{namespace}"><{operation}Result>{result}</{operation}Result>'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )
    return Response(document, 200, {"x-amzn-RequestId": request_id}, content_type="text/xml")
