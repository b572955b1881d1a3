"""Cloud Control: resources by their type's name and a JSON document, made by the services that have them.

A request is worked off before it is answered, so its first ProgressEvent is its last; it can be asked for again until
the daemon ends (in AWS for a week). What the service refuses is a failed request and no error, as in AWS
(https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations.html).
"""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from .cloud_control_types import TYPES
from .errors import Failure, error_response
from .sagemaker.errors import ServiceError
from .unknown_operation import answer_unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from .caller import Caller
    from .cloud_control_types import CloudControlType
    from .wire import WireRequest

    Call = Callable[[str, dict[str, Any], Caller], dict[str, Any]]
    Run = Callable[[str, dict[str, Any]], dict[str, Any]]

SIGNING_NAME = "cloudcontrolapi"

Document = dict[str, Any]

_FAILURES = {
    "ResourceInUse": "AlreadyExists",
    "ResourceNotFound": "NotFound",
    "AccessDeniedException": "AccessDenied",
    "ValidationException": "InvalidRequest",
    "ResourceLimitExceeded": "ServiceLimitExceeded",
}
"""Cloud Control's words for errors of services; others are a GeneralServiceException
(https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html)."""


class CloudControl:
    """Answers for Cloud Control."""

    def __init__(self) -> None:
        self._events: dict[str, Document] = {}

    def handle(self, request: WireRequest, call: Call, caller: Caller) -> Response:
        """Answer a request.

        Args:
            request: The request.
            call: Runs an operation of SageMaker under the caller's rights.
            caller: Who asks.
        """
        operations = {
            "CreateResource": self._create,
            "DeleteResource": self._delete,
            "GetResource": self._get,
            "GetResourceRequestStatus": self._status,
            "ListResources": self._list,
            "UpdateResource": self._update,
        }
        operation = operations.get(request.action)
        if operation is None:
            return answer_unknown(request, SIGNING_NAME)

        def run(name: str, given: Document) -> Document:
            return call(name, given, caller)

        try:
            answer = operation(json.loads(request.body), run)
        except ServiceError as error:
            return error_response(Failure(error.code, error.message, error.status), "json")
        return Response(json.dumps(answer), content_type="application/x-amz-json-1.0")

    def _create(self, asked: Document, run: Run) -> Document:
        kind = _type_of(asked)
        try:
            desired = json.loads(asked["DesiredState"])
        except ValueError as error:
            raise ServiceError("ValidationException", f"DesiredState is no JSON: {error}") from error

        def create() -> str:
            # A name is made up where none is given; the endpoint's name is only read.
            made_up = f"{kind.operation}-{uuid.uuid4().hex[:12]}"
            given = {key: value for key, value in desired.items() if key != "EndpointName"}
            return str(run(f"Create{kind.operation}", {kind.name: made_up, **given})[kind.arn])

        return self._progress("CREATE", asked, create)

    def _delete(self, asked: Document, run: Run) -> Document:
        kind, identifier = _type_of(asked), asked["Identifier"]

        def delete() -> str:
            run(f"Delete{kind.operation}", {kind.name: _name(identifier)})
            return str(identifier)

        return self._progress("DELETE", asked, delete)

    def _update(self, asked: Document, run: Run) -> Document:
        del run
        _type_of(asked)
        raise ServiceError(
            "UnsupportedActionException", f"Resource type {asked['TypeName']} does not support UPDATE action"
        )

    def _get(self, asked: Document, run: Run) -> Document:
        kind, identifier = _type_of(asked), asked["Identifier"]
        properties = self._read(kind, identifier, run)
        shown = {"Identifier": properties[kind.arn], "Properties": json.dumps(properties)}
        return {"TypeName": asked["TypeName"], "ResourceDescription": shown}

    def _list(self, asked: Document, run: Run) -> Document:
        kind = _type_of(asked)
        given = {"MaxResults": asked["MaxResults"]} if "MaxResults" in asked else {}
        given |= {"NextToken": asked["NextToken"]} if "NextToken" in asked else {}
        page = run(f"List{kind.operation}s", given)
        found = [
            {"Identifier": each[kind.listed_arn], "Properties": json.dumps({kind.arn: each[kind.listed_arn]})}
            for each in page[kind.listed]
        ]
        more = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}
        return {"TypeName": asked["TypeName"], "ResourceDescriptions": found, **more}

    def _status(self, asked: Document, run: Run) -> Document:
        del run
        token = asked["RequestToken"]
        if token not in self._events:
            raise ServiceError("RequestTokenNotFoundException", f"Request token {token} was not found.")
        return {"ProgressEvent": self._events[token]}

    def _read(self, kind: CloudControlType, identifier: str, run: Run) -> Document:
        try:
            found = run(f"Describe{kind.operation}", {kind.name: _name(identifier)})
        except ServiceError as error:
            if error.code != "ResourceNotFound":
                raise
            raise ServiceError("ResourceNotFoundException", f"Resource {identifier} was not found.") from error
        tags = run("ListTags", {"ResourceArn": found[kind.arn]})["Tags"]
        return {**found, "CreationTime": str(found["CreationTime"]), **({"Tags": tags} if tags else {})}

    def _progress(self, operation: str, asked: Document, work: Callable[[], str]) -> Document:
        event: Document = {
            "TypeName": asked["TypeName"],
            "RequestToken": str(uuid.uuid4()),
            "Operation": operation,
            "EventTime": time.time(),
        }
        if "Identifier" in asked:
            event["Identifier"] = asked["Identifier"]
        try:
            event |= {"Identifier": work(), "OperationStatus": "SUCCESS"}
        except ServiceError as error:
            code = _FAILURES.get(error.code, "GeneralServiceException")
            event |= {"OperationStatus": "FAILED", "ErrorCode": code, "StatusMessage": error.message}
        self._events[event["RequestToken"]] = event
        return {"ProgressEvent": event}


def _type_of(asked: Document) -> CloudControlType:
    name = asked["TypeName"]
    if name not in TYPES:
        raise ServiceError("TypeNotFoundException", f"The local cloud has no resource type {name}.")
    return TYPES[name]


def _name(identifier: str) -> str:
    return identifier.rpartition("/")[2]
