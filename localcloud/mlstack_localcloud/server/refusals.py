"""How each service of AWS words a refusal.

The codes and statuses are those of "Common errors" in each service's API reference; S3's are listed at
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, EC2's at
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Failure
from .refusal import Reason, Refused

_NOT_KNOWN = "The security token included in the request is invalid."
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
_EXPIRED = "The security token included in the request is expired"
_NOT_SIGNED = "Request is missing Authentication Token"


@dataclass(frozen=True)
class _Wording:
    code: str
    status: int
    message: str


_JSON = {
    Reason.MISSING: _Wording("MissingAuthenticationTokenException", 400, _NOT_SIGNED),
    Reason.INCOMPLETE: _Wording("IncompleteSignatureException", 400, "The request signature is incomplete."),
    Reason.UNKNOWN_KEY: _Wording("UnrecognizedClientException", 400, _NOT_KNOWN),
    Reason.INVALID_TOKEN: _Wording("UnrecognizedClientException", 400, _NOT_KNOWN),
    Reason.EXPIRED_TOKEN: _Wording("ExpiredTokenException", 400, _EXPIRED),
    Reason.SIGNATURE: _Wording("InvalidSignatureException", 400, _MISMATCH),
    Reason.SKEW: _Wording("InvalidSignatureException", 400, _MISMATCH),
    Reason.EXPIRED_URL: _Wording("InvalidSignatureException", 400, "Signature expired."),
    Reason.PAYLOAD: _Wording("InvalidSignatureException", 400, _MISMATCH),
}

_QUERY = {
    Reason.MISSING: _Wording("MissingAuthenticationToken", 403, _NOT_SIGNED),
    Reason.INCOMPLETE: _Wording("IncompleteSignature", 400, "The request signature is incomplete."),
    Reason.UNKNOWN_KEY: _Wording("InvalidClientTokenId", 403, _NOT_KNOWN),
    Reason.INVALID_TOKEN: _Wording("InvalidClientTokenId", 403, _NOT_KNOWN),
    Reason.EXPIRED_TOKEN: _Wording("ExpiredToken", 403, _EXPIRED),
    Reason.SIGNATURE: _Wording("SignatureDoesNotMatch", 403, _MISMATCH),
    Reason.SKEW: _Wording("SignatureDoesNotMatch", 403, _MISMATCH),
    Reason.EXPIRED_URL: _Wording("SignatureDoesNotMatch", 403, "Signature expired."),
    Reason.PAYLOAD: _Wording("SignatureDoesNotMatch", 403, _MISMATCH),
}

_EC2_UNKNOWN = "AWS was not able to validate the provided access credentials"
_EC2 = {
    **dict.fromkeys(Reason, _Wording("AuthFailure", 401, _EC2_UNKNOWN)),
    Reason.MISSING: _Wording("MissingAuthenticationToken", 403, _NOT_SIGNED),
    Reason.INCOMPLETE: _Wording("IncompleteSignature", 400, "The request signature is incomplete."),
    Reason.EXPIRED_TOKEN: _Wording("RequestExpired", 400, "Request has expired."),
    Reason.SKEW: _Wording("RequestExpired", 400, "Request has expired."),
    Reason.EXPIRED_URL: _Wording("RequestExpired", 400, "Request has expired."),
}

_S3 = {
    Reason.MISSING: _Wording("AccessDenied", 403, "Access Denied"),
    Reason.INCOMPLETE: _Wording("AuthorizationHeaderMalformed", 400, "The authorization header is malformed."),
    Reason.UNKNOWN_KEY: _Wording(
        "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."
    ),
    Reason.INVALID_TOKEN: _Wording("InvalidToken", 400, "The provided token is malformed or otherwise invalid."),
    Reason.EXPIRED_TOKEN: _Wording("ExpiredToken", 400, "The provided token has expired."),
    Reason.SIGNATURE: _Wording(
        "SignatureDoesNotMatch",
        403,
        "The request signature we calculated does not match the signature you provided. Check your key and signing "
        "method.",
    ),
    Reason.SKEW: _Wording(
        "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."
    ),
    Reason.EXPIRED_URL: _Wording("AccessDenied", 403, "Request has expired"),
    Reason.PAYLOAD: _Wording(
        "XAmzContentSHA256Mismatch", 400, "The provided 'x-amz-content-sha256' header does not match what was computed."
    ),
}

_DENIED = {
    "query": _Wording("AccessDenied", 403, ""),
    "ec2": _Wording("UnauthorizedOperation", 403, ""),
    "rest-xml": _Wording("AccessDenied", 403, ""),
    "rest-json": _Wording("AccessDeniedException", 403, ""),
}
_DENIED_BY_SERVICE = {"sns": _Wording("AuthorizationError", 403, "")}

_PROTOCOLS = {"query": _QUERY, "ec2": _EC2, "rest-xml": _S3}
_REST_JSON_STATUS = 403


def failure_of(refused: Refused, protocol: str) -> Failure:
    """Word a refusal as a service would.

    Args:
        refused: Why the request is not let in.
        protocol: The protocol that the service speaks, as botocore's models name it.

    Returns:
        What to answer.
    """
    wording = _PROTOCOLS.get(protocol, _JSON)[refused.reason]
    status = _REST_JSON_STATUS if protocol == "rest-json" else wording.status
    # S3 says the same sentence whatever the clock shows; the others say both times.
    own = "" if protocol == "rest-xml" and refused.reason is Reason.SKEW else refused.message
    details = {"AWSAccessKeyId": refused.access_key} if protocol == "rest-xml" and refused.access_key else {}
    return Failure(wording.code, own or wording.message, status, details)


def failure_of_denial(message: str, service: str, protocol: str) -> Failure:
    """Word the answer to a request that its sender may not make.

    Args:
        message: AWS's sentence: who, what, on which resource, and why not.
        service: The signing name of the service.
        protocol: The protocol that the service speaks, as botocore's models name it.

    Returns:
        What to answer.
    """
    known = _DENIED_BY_SERVICE.get(service) or _DENIED.get(protocol) or _Wording("AccessDeniedException", 400, "")
    return Failure(known.code, message, known.status)
