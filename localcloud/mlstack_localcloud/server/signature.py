"""Who signed a request: Signature Version 4 in headers or query, and S3's Signature Version 2 in query strings.

The signatures are computed by botocore's own classes, over what came in, with the headers that the client says it
signed. What is checked beside the signature, and in which order, follows AWS:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, SigV4Auth
from botocore.credentials import Credentials as BotocoreCredentials

from .caller import Caller
from .claims import ALGORITHM, TIMESTAMP, WHOLE_NUMBER, Claim, claim_of_headers, claim_of_query
from .refusal import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from .credentials import Credential, Credentials
    from .wire import WireRequest

_PAST_SECONDS = 15 * 60
_FUTURE_SECONDS = 5 * 60
_S3_FUTURE_SECONDS = 15 * 60
_PAYLOAD_HASH = re.compile(r"[0-9a-f]{64}\Z")
_UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_SIGNATURE_PARAMETER = re.compile(r"(?:^|&)X-Amz-Signature=[^&]*")


@dataclass(frozen=True)
class Identified:
    """A request whose signature is right.

    Attributes:
        caller: Who made it.
        service: The signing name of the service, such as `s3` or `monitoring`.
    """

    caller: Caller
    service: str


class _Headers(dict[str, str]):
    """As much of botocore's header class as its canonical form uses."""

    def get_all(self, name: str) -> list[str]:
        return [self[name]]


@dataclass
class _SignedRequest:
    """As much of botocore's request class as its auth classes use."""

    method: str
    url: str
    headers: _Headers
    body: bytes
    context: dict[str, Any] = field(default_factory=dict)
    params: None = None


class Authenticator:
    """Tells who made a request, or refuses it.

    Args:
        credentials: The known keys.
        clock: The time in seconds since 1970.
    """

    def __init__(self, credentials: Credentials, clock: Callable[[], float] = time.time) -> None:
        self._credentials = credentials
        self._clock = clock

    def identify(self, request: WireRequest) -> Identified:
        """Verify the signature of a request.

        Args:
            request: The request as it came.

        Returns:
            Who made it, and for which service it was signed.

        Raises:
            Refused: It is not signed, or not rightly.
        """
        authorization = request.headers.get("authorization", "")
        if authorization.startswith(ALGORITHM):
            return self._version_4(request, claim_of_headers(request, authorization))
        if "X-Amz-Signature" in request.parameters:
            return self._version_4(request, claim_of_query(request))
        if "AWSAccessKeyId" in request.parameters and "Signature" in request.parameters:
            return self._version_2(request)
        if authorization:
            raise Refused(Reason.INCOMPLETE, "Unsupported Authorization Type")
        raise Refused(Reason.MISSING)

    def _version_4(self, request: WireRequest, claim: Claim) -> Identified:
        self._check_time(claim)
        credential = self._credentials.find(claim.access_key, claim.token)
        expected = _signature(request, claim, credential)
        if not _equal(expected, claim.signature):
            raise Refused(Reason.SIGNATURE, access_key=claim.access_key)
        _check_signed(request, claim)
        _check_payload(request, claim)
        return Identified(_caller(credential, claim.region, claim.access_key), claim.service)

    def _check_time(self, claim: Claim) -> None:
        signed = claim.signed_at
        now = self._clock()
        if claim.expires is not None and now > signed + claim.expires:
            raise Refused(Reason.EXPIRED_URL, access_key=claim.access_key)
        ahead = _S3_FUTURE_SECONDS if claim.is_s3 else _FUTURE_SECONDS
        stale = claim.expires is None and now > signed + _PAST_SECONDS
        if not stale and signed <= now + ahead:
            return
        current = time.strftime(TIMESTAMP, time.gmtime(now))
        if stale:
            limit = time.strftime(TIMESTAMP, time.gmtime(now - _PAST_SECONDS))
            message = f"Signature expired: {claim.timestamp} is now earlier than {limit} ({current} - 15 min.)"
        else:
            limit = time.strftime(TIMESTAMP, time.gmtime(now + ahead))
            message = f"Signature not yet current: {claim.timestamp} is still later than {limit} ({current} + 5 min.)"
        raise Refused(Reason.SKEW, message, access_key=claim.access_key)

    def _version_2(self, request: WireRequest) -> Identified:
        access_key = request.parameters["AWSAccessKeyId"]
        expires = request.parameters.get("Expires", "")
        if not WHOLE_NUMBER.match(expires):
            raise Refused(Reason.INCOMPLETE, "Invalid date (should be seconds since epoch): " + expires, access_key)
        if self._clock() > int(expires):
            raise Refused(Reason.EXPIRED_URL, access_key=access_key)
        token = request.parameters.get("x-amz-security-token", "")
        credential = self._credentials.find(access_key, token)
        expected = _PresignedVersion2(access_key, credential, expires).signature_of(request)
        if not _equal(expected, request.parameters["Signature"]):
            raise Refused(Reason.SIGNATURE, access_key=access_key)
        # A version 2 signature names no region; S3's buckets know theirs.
        return Identified(_caller(credential, "us-east-1", access_key), "s3")


def _equal(expected: str, stated: str) -> bool:
    # As bytes: what a client states may be no ASCII.
    return hmac.compare_digest(expected.encode(), stated.encode())


def _caller(credential: Credential, region: str, access_key: str) -> Caller:
    principal = credential.principal
    return Caller(principal.account, region, principal.arn, access_key, principal.user_id)


def _signature(request: WireRequest, claim: Claim, credential: Credential) -> str:
    kind = S3SigV4Auth if claim.is_s3 else SigV4Auth
    signer: Any = kind(BotocoreCredentials(claim.access_key, credential.secret), claim.service, claim.region)
    headers = _Headers((name, request.headers.get(name, "")) for name in claim.signed_headers)
    # Which headers were signed is the client's choice, not botocore's.
    signer.headers_to_sign = lambda _: headers
    query = request.query
    payload = request.headers.get("x-amz-content-sha256")
    if claim.expires is not None:
        query = _SIGNATURE_PARAMETER.sub("", query).lstrip("&")
        payload = _UNSIGNED_PAYLOAD if claim.is_s3 else hashlib.sha256(request.body).hexdigest()
    signed: Any = _SignedRequest(
        request.method, f"http://local{request.path}?{query}", headers, request.body, {"timestamp": claim.timestamp}
    )
    # Only the hash is looked up in any spelling: botocore's own header class ignores case.
    if payload is not None:
        signed.headers = _Headers(headers, **{"X-Amz-Content-SHA256": payload})
    canonical = signer.canonical_request(signed)
    return str(signer.signature(signer.string_to_sign(signed, canonical), signed))


def _check_signed(request: WireRequest, claim: Claim) -> None:
    """Refuse what a stranger could have changed without breaking the signature."""
    if "host" not in claim.signed_headers:
        raise Refused(
            Reason.SIGNATURE,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
            claim.access_key,
        )
    if claim.is_s3:
        unsigned = [name for name in request.headers if name.startswith("x-amz-") and name not in claim.signed_headers]
        # A presigned URL's payload is unsigned, so its hash may be sent beside it.
        if claim.expires is not None:
            unsigned = [name for name in unsigned if name != "x-amz-content-sha256"]
        if unsigned:
            raise Refused(
                Reason.INCOMPLETE,
                f"There were headers present in the request which were not signed: {', '.join(unsigned)}",
                claim.access_key,
            )


def _check_payload(request: WireRequest, claim: Claim) -> None:
    """Refuse a body that is not the one whose hash was signed."""
    stated = request.headers.get("x-amz-content-sha256")
    if stated is None:
        # Without the header the signature itself covers the body's own hash; S3 wants the header.
        if claim.is_s3 and claim.expires is None:
            raise Refused(
                Reason.INCOMPLETE, "Missing required header for this request: x-amz-content-sha256", claim.access_key
            )
        return
    if _PAYLOAD_HASH.match(stated) and stated != hashlib.sha256(request.body).hexdigest():
        raise Refused(Reason.PAYLOAD, access_key=claim.access_key)


class _PresignedVersion2(HmacV1QueryAuth):
    """S3's Signature Version 2 of a query string, computed over a request that has one.

    https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
    """

    def __init__(self, access_key: str, credential: Credential, expires: str) -> None:
        super().__init__(BotocoreCredentials(access_key, credential.secret))
        self._stated_expiry = expires

    def signature_of(self, request: WireRequest) -> str:
        headers = _Headers((name, value) for name, value in request.headers.items() if self._is_signed(name))
        # Headers that were signed into the URL travel in its query.
        headers.update(
            (name.lower(), value) for name, value in request.parameters.items() if self._is_signed(name.lower())
        )
        pairs = [pair.partition("=") for pair in request.query.split("&") if pair]
        query = "&".join(
            f"{name}{equals}{value}" for name, equals, value in pairs if unquote(name) in self.QSAOfInterest
        )
        signed: Any = _SplitUrl(request.path, query)
        return str(self.get_signature(request.method, signed, headers))

    def _is_signed(self, name: str) -> bool:
        return name.startswith("x-amz-") or name in ("content-md5", "content-type")

    def _get_date(self) -> str:
        return self._stated_expiry


@dataclass(frozen=True)
class _SplitUrl:
    path: str
    query: str
