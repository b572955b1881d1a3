"""moto, in process: finds the handler of a request and makes its answer a response, without a web framework between.

Private parts of moto that are used here: `moto.<service>.urls.url_paths`, `moto.core.request.Request`, handlers of the
form `handler(request, url, headers) -> (status, headers, body)`, and the header `x-moto-account-id`.
"""

from __future__ import annotations

import os
import re
import threading
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    Request,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from . import application_auto_scaling, moto_adjustments
from .s3_gaps import is_gap
from .services import SERVICES
from .unknown_operation import answer_unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from .signature import Identified
    from .wire import WireRequest

    Handler = Callable[[Request, str, dict[str, str]], Any]

# It would win over the account of each request.
os.environ.pop("MOTO_ACCOUNT_ID", None)
_ACCOUNT_HEADER = "HTTP_X_MOTO_ACCOUNT_ID"

_IN_EVERY_STACK = ("iam", "s3", "kms", "logs", "ssm", "ecr", "events", "sns", "sqs")
_HEADERS_TO_DROP = ("date", "server", "status", "connection", "transfer-encoding")


class _ServerRequest(Request):
    """A request that came over a socket: moto leaves Date and the like to the server."""

    from_wsgi_server = True


class MotoServices:
    """Answers requests of the common services."""

    def __init__(self) -> None:
        self._routes: dict[str, list[tuple[re.Pattern[str], Handler]]] = {}
        self._adjustments: list[Callable[[], None]] = [moto_adjustments.adjust, application_auto_scaling.adjust]

    def adjust_by(self, *adjustments: Callable[[], None]) -> None:
        """Adjust moto by further functions, each called whenever another part of moto was imported.

        Args:
            adjustments: The functions; calling one again must change nothing.
        """
        self._adjustments += adjustments

    def handle(self, request: WireRequest, identified: Identified) -> Response:
        """Answer a request.

        Args:
            request: The request.
            identified: Who made it, and for which service of `SERVICES`.

        Returns:
            The service's answer; an operation that moto lacks is answered as AWS answers an unknown one.
        """
        handler = self._handler(identified.service, request.path)
        if handler is None or (identified.service == "s3" and is_gap(request)):
            return answer_unknown(request, identified.service)
        moto_request = _request_for_moto(request, identified)
        try:
            answer = handler(moto_request, moto_request.raw_url, dict(moto_request.headers))
        except NotImplementedError:
            return answer_unknown(request, identified.service)
        except HTTPException as error:
            return _http_error(error, request)
        except ClientError as error:
            answer = 400, {}, error.response["Error"]["Message"]
        return _response(answer, request, identified)

    def warm_up(self) -> None:
        """Import the services that every stack uses, in the background; whoever needs one before waits for it."""

        def load_all() -> None:
            for service in _IN_EVERY_STACK:
                self.load(service)

        threading.Thread(target=load_all, name="warm-up", daemon=True).start()

    def _handler(self, service: str, path: str) -> Handler | None:
        for pattern, handler in self._routes.get(service) or self.load(service):
            if pattern.match(path):
                return handler
        return None

    def load(self, service: str) -> list[tuple[re.Pattern[str], Handler]]:
        """Import a service of moto.

        Args:
            service: Its signing name.

        Returns:
            Its handlers, by the pattern of the paths that they answer.
        """
        with moto_adjustments.IMPORTING:
            if service not in self._routes:
                urls = moto_adjustments.import_module(f"moto.{SERVICES[service].module}.urls")
                for adjust in self._adjustments:
                    adjust()
                self._routes[service] = [
                    (re.compile(path.format("")), handler) for path, handler in urls.url_paths.items()
                ]
            return self._routes[service]


def _request_for_moto(request: WireRequest, identified: Identified) -> Request:
    environ = request.environ
    caller = identified.caller
    environ[_ACCOUNT_HEADER] = caller.account
    if not request.headers.get("authorization", "").startswith("AWS4"):
        # moto takes region and key from this header only.
        scope = f"{caller.access_key}/20000101/{caller.region}/{identified.service}/aws4_request"
        environ["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 Credential={scope},"
    # A user agent may name a region, and moto would believe it more than the signature.
    environ.pop("HTTP_USER_AGENT", None)
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = {
        environ_key_for_header(name): name for name in request.headers if should_preserve_original_header_name(name)
    }
    environ.setdefault("CONTENT_LENGTH", str(len(request.body)))
    return _ServerRequest(environ)


def _response(answer: Any, request: WireRequest, identified: Identified) -> Response:
    if isinstance(answer, tuple) and len(answer) == 3:  # noqa: PLR2004 - status, headers, body
        status, headers, body = answer
    else:
        status, headers, body = 200, {}, answer
    if status == 404 and not body and not request.action and identified.service != "s3":  # noqa: PLR2004
        return answer_unknown(request, identified.service)
    response = Response(body, int(status))
    for name, value in headers.items():
        if name.lower() not in _HEADERS_TO_DROP:
            response.headers[name] = str(value)
    if request.method == "HEAD":
        length = {name.lower(): value for name, value in headers.items()}.get("content-length")
        if length is not None:
            response.headers["Content-Length"] = str(length)
    return response


def _http_error(error: HTTPException, request: WireRequest) -> Response:
    response = error.get_response(request.environ)
    assert isinstance(response, Response)  # noqa: S101 - a typing matter: werkzeug's own class
    return response
