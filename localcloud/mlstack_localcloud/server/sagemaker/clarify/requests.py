"""Requests to the local cloud, signed with the job's own keys (Signature Version 4), by the standard library alone.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE = "sagemaker"
_ALGORITHM = "AWS4-HMAC-SHA256"
_SECONDS = 120


class RefusedError(Exception):
    """The cloud refused a request; the message is its own."""


@dataclass(frozen=True)
class Client:
    """Calls SageMaker under the rights of the job's role.

    Attributes:
        variables: The job's environment: address, region and keys.
    """

    variables: Mapping[str, str]

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Run an operation of SageMaker.

        Args:
            operation: Its name.
            members: Its request.

        Raises:
            RefusedError: It was refused.
        """
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"SageMaker.{operation}"}
        answer = self._send("/", json.dumps(members).encode(), headers)
        found: dict[str, Any] = json.loads(answer) if answer else {}
        return found

    def invoke(self, endpoint: str, body: bytes, content_type: str, accept: str) -> bytes:
        """Ask an endpoint.

        Args:
            endpoint: Its name.
            body: The question.
            content_type: Its media type.
            accept: The answer's.

        Raises:
            RefusedError: It was refused, or the model failed.
        """
        path = f"/endpoints/{urllib.parse.quote(endpoint)}/invocations"
        return self._send(path, body, {"content-type": content_type, "accept": accept})

    def _send(self, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        address = self.variables["AWS_ENDPOINT_URL"].rstrip("/")
        signed = signed_headers(self.variables, path, body, {**headers, "host": urllib.parse.urlsplit(address).netloc})
        request = urllib.request.Request(address + path, data=body, headers=signed, method="POST")  # noqa: S310 - the local cloud
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - likewise
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            raise RefusedError(_said(error)) from error


def signed_headers(
    variables: Mapping[str, str], path: str, body: bytes, headers: Mapping[str, str], at: datetime | None = None
) -> dict[str, str]:
    """Return headers with the signature of a POST without a query.

    Args:
        variables: Keys and region, as clients find them in the environment.
        path: The path.
        body: The body.
        headers: The headers in lower case, with `host`.
        at: When; now by default.
    """
    time = f"{at or datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    token = variables.get("AWS_SESSION_TOKEN")
    sent = {**headers, "x-amz-date": time, **({"x-amz-security-token": token} if token else {})}
    names = ";".join(sorted(sent))
    lines = "".join(f"{name}:{sent[name].strip()}\n" for name in sorted(sent))
    digest = hashlib.sha256(body).hexdigest()
    canonical = "\n".join(("POST", urllib.parse.quote(path, safe="/-_.~%"), "", lines, names, digest))
    scope = f"{time[:8]}/{variables['AWS_REGION']}/{SERVICE}/aws4_request"
    to_sign = "\n".join((_ALGORITHM, time, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{variables['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"{variables['AWS_ACCESS_KEY_ID']}/{scope}"
    sent["authorization"] = f"{_ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return sent


def _said(error: urllib.error.HTTPError) -> str:
    text = error.read().decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except ValueError:
        return f"{error.code}: {text}"
    code = str(document.get("__type", error.code)).rpartition("#")[2]
    return f"{code}: {document.get('message') or document.get('Message') or text}"
