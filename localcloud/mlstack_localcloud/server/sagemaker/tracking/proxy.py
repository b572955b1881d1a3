"""Calls of MLflow's REST API and pages, from the gateway to the server that they are for.

Clients sign with AWS's plugin `sagemaker-mlflow`, which names the server in a header; browsers bring a cookie.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from werkzeug import Response

from mlstack_localcloud.server.authorization.access import Access
from mlstack_localcloud.server.authorization.authorizer import Denied
from mlstack_localcloud.server.authorization.sources import is_root
from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import ServiceError
from mlstack_localcloud.server.sagemaker.execution.environments import RequirementsError
from mlstack_localcloud.server.sagemaker.tracking import browser_sessions
from mlstack_localcloud.server.sagemaker.tracking.actions import UI, action_of
from mlstack_localcloud.server.sagemaker.tracking.process import TrackingServerError

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Authorization, Document
    from mlstack_localcloud.server.sagemaker.resources.mlflow_tracking_servers import MlflowTrackingServers
    from mlstack_localcloud.server.wire import WireRequest

ARN_HEADER = "x-mlflow-sm-tracking-server-arn"
_FORWARDED = ("accept", "content-type", "user-agent", "x-requested-with")
_DROPPED = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
_log = logging.getLogger(__name__)


class TrackingProxy:
    """Hands calls to MLflow.

    Args:
        servers: The tracking servers.
        authorization: Tells who may do what.
    """

    def __init__(self, servers: MlflowTrackingServers, authorization: Authorization) -> None:
        self._servers = servers
        self._authorization = authorization

    def signed(self, request: WireRequest, caller_arn: str, region: str) -> Response:
        """Answer a call that was signed for `sagemaker-mlflow`.

        Args:
            request: The request.
            caller_arn: Who signed it.
            region: The region that it was signed for.
        """
        arn = request.headers.get(ARN_HEADER, "")
        if arns.resource_type_of(arn) != arns.MLFLOW_TRACKING_SERVER or arns.region_of(arn) != region:
            return _error(HTTPStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", f"{ARN_HEADER} names no tracking server.")
        return self._answer(request, caller_arn, region, arns.name_of(arn, arns.MLFLOW_TRACKING_SERVER))

    def from_browser(self, request: WireRequest) -> Response | None:
        """Answer a request of a browser; None where it brings neither a token nor a cookie that is good.

        Args:
            request: A request that nobody signed.
        """
        if request.path == browser_sessions.PATH:
            return self._begin(request)
        session = self._servers.sessions.of(_cookie(request))
        if session is None:
            return None
        return self._answer(request, session.caller_arn, session.region, session.name, browser=True)

    def close(self) -> None:
        """End the servers."""
        self._servers.fleet.close()

    def _begin(self, request: WireRequest) -> Response:
        cookie = self._servers.sessions.begin(request.parameters.get("authToken", ""))
        if cookie is None:
            return Response("This address was used already, or is too old. Ask for another.\n", HTTPStatus.FORBIDDEN)
        response = Response(status=HTTPStatus.FOUND, headers={"Location": "/"})
        response.set_cookie(browser_sessions.COOKIE, cookie, httponly=True, samesite="Strict")
        return response

    def _answer(
        self, request: WireRequest, caller_arn: str, region: str, name: str, *, browser: bool = False
    ) -> Response:
        try:
            server = self._servers.active(name, region)
            self._authorize(request, caller_arn, region, server, browser=browser)
            process = self._servers.fleet.running(server, region)
            target = request.path + (f"?{request.query}" if request.query else "")
            headers = {name: request.headers[name] for name in _FORWARDED if name in request.headers}
            status, told, body = process.request(request.method, target, headers, request.body)
        except ServiceError as error:
            # No code of MLflow's: its clients take RESOURCE_DOES_NOT_EXIST for an experiment that is not there.
            return _error(HTTPStatus.BAD_REQUEST, error.code, error.message)
        except Denied as denied:
            return _error(HTTPStatus.FORBIDDEN, "PERMISSION_DENIED", str(denied))
        except (OSError, RequirementsError, TrackingServerError) as error:
            _log.exception("The tracking server %s did not answer", name)
            return _error(HTTPStatus.SERVICE_UNAVAILABLE, "TEMPORARILY_UNAVAILABLE", str(error))
        return Response(body, status, [(key, value) for key, value in told if key.lower() not in _DROPPED])

    def _authorize(
        self, request: WireRequest, caller_arn: str, region: str, server: Document, *, browser: bool
    ) -> None:
        action = UI if browser else action_of(request.method, request.path)
        if action is None and not is_root(caller_arn):
            raise Denied(
                f"User: {caller_arn} is not authorized: the local cloud does not know the action of "
                f"{request.method} {request.path}"
            )
        if action is not None:
            access = Access(action, server["TrackingServerArn"])
            self._authorization.check(caller_arn, [access], {"aws:requestedregion": (region,)})


def _cookie(request: WireRequest) -> str:
    try:
        found = SimpleCookie(request.headers.get("cookie", "")).get(browser_sessions.COOKIE)
    except CookieError:
        return ""
    return "" if found is None else found.value


def _error(status: HTTPStatus, code: str, message: str) -> Response:
    # As MLflow's own clients read it: https://mlflow.org/docs/latest/api_reference/rest-api.html
    content = json.dumps({"error_code": code, "message": message})
    return Response(content, status, content_type="application/json")
