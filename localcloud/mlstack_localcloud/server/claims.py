"""What a request says of its own Signature Version 4, in its headers or its query string; nothing is verified here.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
"""

from __future__ import annotations

import calendar
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from .refusal import Reason, Refused

if TYPE_CHECKING:
    from .wire import WireRequest

ALGORITHM = "AWS4-HMAC-SHA256"
TIMESTAMP = "%Y%m%dT%H%M%SZ"
_LONGEST_URL_SECONDS = 7 * 24 * 3600
WHOLE_NUMBER = re.compile(r"[0-9]{1,12}\Z")
_TIMESTAMP_SHAPE = re.compile(r"[0-9]{8}T[0-9]{6}Z\Z")
_SCOPE_FIELDS = 5
_S3_SERVICES = ("s3", "s3-object-lambda", "s3express")


@dataclass(frozen=True)
class Claim:
    """What a request says of its own signature.

    Attributes:
        access_key: The key's id.
        date: The date in the credential scope, YYYYMMDD.
        region: The region in the credential scope.
        service: The service in the credential scope.
        signed_headers: The names of the headers that were signed, lower case.
        signature: The signature, in hex.
        timestamp: When it was signed, YYYYMMDDTHHMMSSZ.
        signed_at: The same in seconds since 1970.
        token: The session token, empty for lasting keys.
        expires: How long a presigned URL is good, in seconds; None for headers.
    """

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    signed_at: int
    token: str
    expires: int | None = None

    @property
    def is_s3(self) -> bool:
        """Whether S3's own rules of signing apply."""
        return self.service in _S3_SERVICES


def claim_of_headers(request: WireRequest, authorization: str) -> Claim:
    """Read the claim of a request that is signed in its `Authorization` header.

    Args:
        request: The request.
        authorization: The header.

    Raises:
        Refused: The claim is not whole.
    """
    parts: dict[str, str] = {}
    for part in authorization[len(ALGORITHM) :].split(","):
        name, _, value = part.strip().partition("=")
        parts[name] = value
    missing = [name for name in ("Credential", "Signature", "SignedHeaders") if not parts.get(name)]
    if missing:
        sentences = " ".join(f"Authorization header requires '{name}' parameter." for name in missing)
        raise Refused(Reason.INCOMPLETE, f"{sentences} Authorization={authorization.split(',', maxsplit=1)[0]}")
    return _claim(
        parts["Credential"],
        parts["SignedHeaders"],
        parts["Signature"],
        _timestamp_of_headers(request),
        request.headers.get("x-amz-security-token", ""),
    )


def _timestamp_of_headers(request: WireRequest) -> str:
    stamp = request.headers.get("x-amz-date")
    if stamp:
        return stamp
    date = request.headers.get("date")
    if not date:
        raise Refused(
            Reason.INCOMPLETE, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    try:
        return parsedate_to_datetime(date).strftime(TIMESTAMP)
    except ValueError:
        # Some clients send ISO 8601's basic form in Date as well.
        return date


def claim_of_query(request: WireRequest) -> Claim:
    """Read the claim of a request that is signed in its query string.

    Args:
        request: The request.

    Raises:
        Refused: The claim is not whole.
    """
    parameters = request.parameters
    needed = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders")
    missing = [name for name in needed if name not in parameters]
    expires = parameters.get("X-Amz-Expires", "900")
    if missing or parameters["X-Amz-Algorithm"] != ALGORITHM:
        raise Refused(
            Reason.INCOMPLETE,
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
            "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
        )
    if not WHOLE_NUMBER.match(expires) or int(expires) > _LONGEST_URL_SECONDS:
        raise Refused(Reason.INCOMPLETE, "X-Amz-Expires must be between 0 and 604800 seconds")
    return _claim(
        parameters["X-Amz-Credential"],
        parameters["X-Amz-SignedHeaders"],
        parameters["X-Amz-Signature"],
        parameters["X-Amz-Date"],
        parameters.get("X-Amz-Security-Token", ""),
        int(expires),
    )


def _claim(  # noqa: PLR0917 - the six parts of a claim
    credential: str, signed_headers: str, signature: str, timestamp: str, token: str, expires: int | None = None
) -> Claim:
    scope = credential.split("/")
    if len(scope) != _SCOPE_FIELDS or scope[-1] != "aws4_request":
        raise Refused(
            Reason.INCOMPLETE,
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{credential}'",
        )
    access_key, date, region, service, _ = scope
    signed_at = _seconds(timestamp)
    if signed_at is None:
        raise Refused(Reason.INCOMPLETE, f"Date must be in ISO-8601 'basic format'. Got '{timestamp}'.", access_key)
    if not timestamp.startswith(date) or len(date) != len("YYYYMMDD"):
        raise Refused(
            Reason.SIGNATURE,
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{date}' != '{timestamp[:8]}', from '{timestamp}'.",
            access_key,
        )
    names = tuple(name.strip().lower() for name in signed_headers.split(";"))
    return Claim(access_key, date, region, service, names, signature, timestamp, signed_at, token, expires)


def _seconds(timestamp: str) -> int | None:
    # strptime alone would let a shorter one pass.
    if not _TIMESTAMP_SHAPE.match(timestamp):
        return None
    try:
        return calendar.timegm(time.strptime(timestamp, TIMESTAMP))
    except ValueError:
        return None
