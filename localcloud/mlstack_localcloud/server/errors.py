"""An error as a client of AWS reads it, in the shape of the protocol that it speaks."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response


@dataclass(frozen=True)
class Failure:
    """What to answer in place of a result.

    Attributes:
        code: The error's code, such as `AccessDenied`.
        message: Its sentence.
        status: The HTTP status.
        details: Further elements of S3's error document.
    """

    code: str
    message: str
    status: int = HTTPStatus.BAD_REQUEST
    details: dict[str, str] = field(default_factory=dict)


def error_response(failure: Failure, protocol: str, *, head: bool = False) -> Response:
    """Serialise an error.

    Args:
        failure: What to say.
        protocol: `json`, `rest-json`, `query`, `ec2`, `rest-xml` or `smithy-rpc-v2-cbor`, as botocore's models name it.
        head: Whether the request was a HEAD, which is answered without a body.

    Returns:
        The response.
    """
    request_id = new_request_id()
    if protocol == "rest-xml":
        response = _s3(failure, request_id)
    elif protocol == "query":
        response = _xml(_QUERY.format(**_escaped(failure, request_id)), failure, request_id)
    elif protocol == "ec2":
        response = _xml(_EC2.format(**_escaped(failure, request_id)), failure, request_id)
    elif protocol == "smithy-rpc-v2-cbor":
        response = _cbor(failure, request_id)
    else:
        response = _json(failure, request_id, protocol)
    if head:
        response.set_data(b"")
    return response


def new_request_id() -> str:
    """Return an id in the shape of AWS's request ids."""
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


_QUERY = (
    '<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>{code}</Code>'
    "<Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
)
_EC2 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>'
    "</Error></Errors><RequestID>{request_id}</RequestID></Response>"
)


def _escaped(failure: Failure, request_id: str) -> dict[str, str]:
    return {"code": escape(failure.code), "message": escape(failure.message), "request_id": request_id}


def _xml(document: str, failure: Failure, request_id: str) -> Response:
    headers = {"x-amzn-RequestId": request_id}
    return Response(document, failure.status, headers, content_type="text/xml")


def _s3(failure: Failure, request_id: str) -> Response:
    elements = {"Code": failure.code, "Message": failure.message, **failure.details, "RequestId": request_id}
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in elements.items())
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
    return Response(document, failure.status, {"x-amz-request-id": request_id}, content_type="application/xml")


def _json(failure: Failure, request_id: str, protocol: str) -> Response:
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": failure.code}
    if protocol == "rest-json":
        document = {"message": failure.message}
        return Response(json.dumps(document), failure.status, headers, content_type="application/json")
    document = {"__type": failure.code, "message": failure.message}
    return Response(json.dumps(document), failure.status, headers, content_type="application/x-amz-json-1.1")


def _cbor(failure: Failure, request_id: str) -> Response:
    headers = {"x-amzn-RequestId": request_id, "smithy-protocol": "rpc-v2-cbor"}
    entries = (("__type", failure.code), ("message", failure.message))
    body = b"\xbf" + b"".join(_cbor_text(text) for entry in entries for text in entry) + b"\xff"
    return Response(body, failure.status, headers, content_type="application/cbor")


def _cbor_text(text: str) -> bytes:
    """Encode a text string as RFC 8949, section 3.1, major type 3, with a length of four bytes."""
    data = text.encode()
    return b"\x7a" + len(data).to_bytes(4, "big") + data
