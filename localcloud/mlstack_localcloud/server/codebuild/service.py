"""CodeBuild's API: operations by name, checked against AWS's model, answered by projects and builds."""

from __future__ import annotations

import json
import logging
import uuid
from typing import TYPE_CHECKING

from werkzeug import Response

from mlstack_localcloud.account_home import AccountHome
from mlstack_localcloud.home import ACCOUNT
from mlstack_localcloud.server.codebuild.builds import Builds
from mlstack_localcloud.server.codebuild.errors import invalid_input
from mlstack_localcloud.server.codebuild.events import BuildEvents
from mlstack_localcloud.server.codebuild.machine import Machine
from mlstack_localcloud.server.codebuild.projects import Projects
from mlstack_localcloud.server.codebuild.run import Tools
from mlstack_localcloud.server.sagemaker import service_model, validation
from mlstack_localcloud.server.sagemaker.errors import ServiceError
from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs
from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
from mlstack_localcloud.server.sagemaker.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from mlstack_localcloud.home import Home
    from mlstack_localcloud.server.sagemaker.ports import (
        Authorization,
        ClientFactory,
        Document,
        EventPublisher,
        Handler,
        Identity,
    )

_SERVICE = "codebuild"
_log = logging.getLogger(__name__)


class CodeBuild:
    """The service: one a daemon, safe to be called from many threads.

    Args:
        home: Where tables and builds are kept.
        clients: Clients of the local cloud's own services.
        events: Where it is told what becomes of builds.
        authorization: Tells who may do what.
        provider: Serves Pulumi with the rights of a role, and gives the port.
    """

    def __init__(
        self,
        home: Home,
        clients: ClientFactory,
        events: EventPublisher,
        authorization: Authorization,
        provider: Callable[[str], AbstractContextManager[int]],
    ) -> None:
        self._store = Store(home.codebuild_database)
        self._running = RunningJobs()
        projects = Projects(self._store, authorization)
        workshop = Workshop(AccountHome(home, ACCOUNT), clients, authorization)
        tools = Tools(workshop, clients, authorization, Machine(home.root, home.cache, provider))
        self._builds = Builds(self._store, projects, tools, self._running, BuildEvents(events))
        self._operations: dict[str, Handler] = {**projects.operations(), **self._builds.operations()}

    def handle(self, operation: str, body: bytes, caller: Identity) -> Response | None:
        """Answer a request of the JSON 1.1 protocol whose sender may make it.

        Args:
            operation: The operation's name, as in `X-Amz-Target: CodeBuild_20161006.<operation>`.
            body: The request's body.
            caller: Who asks.

        Returns:
            The answer, or the error as AWS shapes it; None for an operation that there is not.
        """
        handler = self._operations.get(operation)
        if handler is None:
            return None
        try:
            request = validation.parsed(body)
            checked = _checked(operation, request)
            return _response(service_model.answer(operation, handler(checked, caller), _SERVICE), 200)
        except ServiceError as error:
            return _response({"__type": error.code, "message": error.message}, error.status)
        except Exception:
            _log.exception("CodeBuild.%s failed", operation)
            return _response({"__type": "InternalFailure", "message": "The local cloud failed; see its log."}, 500)

    def resume(self) -> None:
        """Take up what ran when the daemon ended: those builds have failed."""
        self._builds.resume()

    def close(self) -> None:
        """End what runs and close the tables."""
        self._running.close()
        self._store.close()


def _checked(operation: str, request: Document) -> Document:
    try:
        return validation.checked(service_model.input_shape(operation, _SERVICE), request)
    except ServiceError as error:
        raise invalid_input(error.message) if error.code == "ValidationException" else error from error


def _response(document: Document, status: int) -> Response:
    headers = {"x-amzn-RequestId": str(uuid.uuid4())}
    return Response(json.dumps(document), status, headers, content_type="application/x-amz-json-1.1")
