"""The one door of the local cloud, as a WSGI application: who asks, and which service answers.

```
request -> identify (signature.py) -> authorize (authorization/) -> route by the service it was signed for
             |                          |                             sts        security_token_service.py
             |                          |                             sagemaker  sagemaker/ (operations, calls, records)
             refused (refusals.py)      denied (refusals.py)          others     moto_services.py, kept by persistence/
```

Nothing is let in unsigned but `GET /_mlstack/health`, which says that the daemon lives and nothing about what it holds,
AssumeRoleWithWebIdentity, whose token is signed (`web_identity.py`), and browsers that a signed request let in
(`sagemaker/tracking/browser_sessions.py`).
"""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import os
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from . import policy_simulator
from .authorization.authorizer import Denied
from .authorization.services.s3 import is_object_read
from .bucket_owner import expects_another_owner
from .cloud_control import SIGNING_NAME, CloudControl
from .errors import Failure, error_response
from .put_events import put_events
from .refusal import Refused
from .refusals import failure_of, failure_of_denial
from .security_token_service import is_unsigned
from .services import SERVICES, protocol_of
from .unknown_operation import answer_unknown
from .wire import WireRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .alarms.watch import AlarmWatch
    from .authorization.authorizer import Authorizer
    from .caller import Caller
    from .codebuild.service import CodeBuild
    from .event_bus import EventBus
    from .replication import Replication
    from .security_token_service import SecurityTokenService
    from .signature import Authenticator, Identified

HEALTH_PATH = "/_mlstack/health"
_INVOCATION = re.compile(r"/endpoints/([^/]+)/(async-)?invocations\Z")
_log = logging.getLogger(__name__)


class CommonServices(Protocol):
    """What answers for everything but STS and SageMaker."""

    def handle(self, request: WireRequest, identified: Identified) -> Response:
        """Answer a request whose sender is known."""


class SageMakerService(Protocol):
    """What answers for SageMaker."""

    def handle(self, operation: str, body: bytes, caller: Caller) -> Response:
        """Answer an operation of the SageMaker API."""

    def call(self, operation: str, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Run an operation that is not on the wire."""

    def invoke(self, endpoint: str, request: Request, caller: Caller) -> Response:
        """Answer an invocation of an endpoint."""

    def invoke_async(self, endpoint: str, request: Request, caller: Caller) -> Response:
        """Answer an asynchronous invocation of an endpoint."""

    def features(self, method: str, path: str, query: str, body: bytes, caller: Caller) -> Response | None:
        """Answer a request for records of feature groups, or return None where it is something else."""

    def track(self, request: WireRequest, caller: Caller) -> Response:
        """Answer a signed call of MLflow's API."""

    def from_browser(self, request: WireRequest) -> Response | None:
        """Answer a browser that was let in to a tracking server, or return None where it was not."""


class Gateway:
    """The WSGI application.

    Args:
        authenticator: Tells who asks.
        authorizer: Tells what they may do.
        tokens: Answers for STS.
        common: Answers for the services of `SERVICES`.
    """

    def __init__(
        self,
        authenticator: Authenticator,
        authorizer: Authorizer,
        tokens: SecurityTokenService,
        common: CommonServices,
    ) -> None:
        self._authenticator = authenticator
        self._authorizer = authorizer
        self._tokens = tokens
        self._common = common
        self._health = json.dumps({"status": "ok", "pid": os.getpid()}).encode()
        self.sagemaker: SageMakerService | None = None
        self.codebuild: CodeBuild | None = None
        self._cloud_control = CloudControl()
        self.events: EventBus | None = None
        self.alarms: AlarmWatch | None = None
        self.replication: Replication | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        response = self._respond(environ)
        return response(environ, start_response)

    def _respond(self, environ: dict[str, Any]) -> Response:  # noqa: PLR0911 - one kind of request each
        if environ["RAW_URI"] == HEALTH_PATH and environ["REQUEST_METHOD"] == "GET":
            return Response(self._health, content_type="application/json")
        request = _wire_request(environ)
        service = ""
        try:
            if (answer := self._to_browser(request)) is not None:
                return answer
            if is_unsigned(request):
                return self._tokens.handle_unsigned(request)
            identified = self._authenticator.identify(request)
            service = identified.service
            self._authorizer.authorize(request, identified)
            if service == "s3" and expects_another_owner(request):
                return _denied(request, service, "Access Denied")
            return self._route(request, identified, self._authorizer.owner(request, identified))
        except Denied as denied:
            return _denied(request, service, str(denied))
        except Refused as refused:
            protocol = protocol_of(request, service or _stated_service(request))
            return error_response(failure_of(refused, protocol), protocol, head=request.method == "HEAD")
        except Exception as error:
            _log.exception("%s %s failed", request.method, request.path)
            protocol = protocol_of(request, service)
            failure = Failure("InternalFailure", f"The local cloud failed: {type(error).__name__}: {error}", 500)
            return error_response(failure, protocol, head=request.method == "HEAD")

    def _to_browser(self, request: WireRequest) -> Response | None:
        """Answer for the pages of a tracking server, which a browser can't sign for."""
        if self.sagemaker is None or "authorization" in request.headers or "Signature=" in request.query:
            return None
        return self.sagemaker.from_browser(request)

    def _route(  # noqa: PLR0911 - one service each
        self, request: WireRequest, identified: Identified, owner: str
    ) -> Response:
        service = identified.service
        if service == "sagemaker-mlflow" and self.sagemaker is not None:
            return self.sagemaker.track(request, identified.caller)
        if service == "sagemaker" and self.sagemaker is not None:
            return self._sagemaker(self.sagemaker, request, identified)
        if service == SIGNING_NAME and self.sagemaker is not None:
            return self._cloud_control.handle(request, self.sagemaker.call, identified.caller)
        if service == "sts":
            return self._tokens.handle(request, identified.caller)
        if service == "codebuild" and self.codebuild is not None:
            answer = self.codebuild.handle(request.action, request.body, identified.caller)
            return answer or answer_unknown(request, service)
        if service == "events" and request.action == "PutEvents" and self.events is not None:
            return put_events(self.events, request.body, identified.caller)
        if service == "monitoring" and request.action == "SetAlarmState" and self.alarms is not None:
            return self.alarms.changing(identified.caller, lambda: self._common.handle(request, identified))
        if service in SERVICES:
            caller = dataclasses.replace(identified.caller, account=owner)
            response = self._by_common(request, dataclasses.replace(identified, caller=caller))
            if service == "s3" and self.replication is not None:
                self.replication.after(request, response)
            return self._unless_hidden(response, request, identified)
        return answer_unknown(request, service)

    def _by_common(self, request: WireRequest, identified: Identified) -> Response:
        if identified.service == "iam" and request.action == policy_simulator.OPERATION:
            return policy_simulator.simulate(request, self._authorizer.sources)
        return self._common.handle(request, identified)

    def _unless_hidden(self, response: Response, request: WireRequest, identified: Identified) -> Response:
        absent = response.status_code == HTTPStatus.NOT_FOUND and identified.service == "s3"
        reason = self._authorizer.hides(request, identified) if absent and is_object_read(request) else ""
        return _denied(request, "s3", reason) if reason else response

    def _sagemaker(self, sagemaker: SageMakerService, request: WireRequest, identified: Identified) -> Response:
        if request.target.startswith("SageMaker."):
            return sagemaker.handle(request.action, request.body, identified.caller)
        invocation = _INVOCATION.match(request.path)
        if invocation and request.method == "POST":
            answer = sagemaker.invoke_async if invocation.group(2) else sagemaker.invoke
            return answer(unquote(invocation.group(1)), Request(request.environ), identified.caller)
        records = sagemaker.features(request.method, request.path, request.query, request.body, identified.caller)
        return answer_unknown(request, "sagemaker") if records is None else records


def _denied(request: WireRequest, service: str, reason: str) -> Response:
    protocol = protocol_of(request, service)
    return error_response(failure_of_denial(reason, service, protocol), protocol, head=request.method == "HEAD")


def _wire_request(environ: dict[str, Any]) -> WireRequest:
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    # A body that came in chunks has arrived whole by now.
    if environ.pop("HTTP_TRANSFER_ENCODING", None) is not None:
        environ["CONTENT_LENGTH"] = str(len(body))
    path, _, query = environ["RAW_URI"].partition("?")
    return WireRequest(environ["REQUEST_METHOD"], path, query, environ["mlstack.headers"], body, environ)


def _stated_service(request: WireRequest) -> str:
    """Return the service that a refused request says it is for, so that its sender can read the refusal."""
    credential = request.headers.get("authorization", "") + request.parameters.get("X-Amz-Credential", "")
    scope = credential.split(",")[0].split("/")
    return scope[3] if len(scope) > 3 else ""  # noqa: PLR2004 - key, date, region, service
