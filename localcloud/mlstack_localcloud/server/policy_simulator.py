"""IAM's SimulatePrincipalPolicy, by the very rules that requests are judged by; moto has none.

As in AWS, the policies of resources are not looked at, a condition key that is not given counts as absent and is told
as missing, and every action is judged for every resource.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from .authorization.context import Context
from .authorization.evaluate import Policies, Principal, reason_to_refuse
from .errors import Failure, error_response
from .moto_adjustments import import_module
from .query_answer import query_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response

    from .authorization.context import Values
    from .authorization.sources import PolicySource
    from .wire import WireRequest

OPERATION = "SimulatePrincipalPolicy"

_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
_ENTITY = re.compile(r"arn:aws:iam::(?P<account>[0-9]{12}):(?P<kind>user|role)/(?:.*/)?(?P<name>[^/]+)\Z")
_KNOWN = re.compile(
    r"(Action|Version|PolicySourceArn|MaxItems|(ActionNames|ResourceArns|ContextEntries)\.member\..*)\Z"
)
_EXPLICIT = "with an explicit deny"


class _Rejected(Exception):  # noqa: N818 - it is answered, not raised further
    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.failure = Failure(code, message, status)


class _Recording(Context):
    """The given keys; any other is absent, and remembered as missing."""

    def __init__(self, values: dict[str, Values]) -> None:
        super().__init__(values)
        self.missing: dict[str, None] = {}

    def get(self, key: str) -> Values | None:
        values = self._values.get(key.lower())
        if values is None:
            self.missing[key] = None
        return values


def simulate(request: WireRequest, sources: PolicySource) -> Response:
    """Answer SimulatePrincipalPolicy.

    Args:
        request: The request, in the query protocol.
        sources: Where the policies are.

    Returns:
        The answer in XML.
    """
    given = {name: values[-1] for name, values in request.form.items()} if request.is_form else request.parameters
    try:
        results = "".join(_results(given, sources))
    except _Rejected as rejected:
        return error_response(rejected.failure, "query")
    result = f"<IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults>"
    return query_answer(OPERATION, _NAMESPACE, result)


def _results(given: dict[str, str], sources: PolicySource) -> Iterator[str]:
    other = next((name for name in given if not _KNOWN.match(name)), None)
    if other is not None:
        raise _Rejected("InvalidInput", f"The local cloud does not implement {other.split('.')[0]} of {OPERATION}.")
    principal = _principal(given.get("PolicySourceArn", ""))
    actions = _members(given, "ActionNames")
    if not actions:
        raise _Rejected("ValidationError", "1 validation error detected: Value null at 'actionNames'")
    keys = _context(given)
    for action in actions:
        for resource in _members(given, "ResourceArns") or ["*"]:
            yield _result(principal, action, resource, keys, sources)


def _result(principal: Principal, action: str, resource: str, keys: dict[str, Values], sources: PolicySource) -> str:
    known = sources.policies(principal, action, resource)
    context = _Recording({"aws:principalarn": (principal.arn,), "aws:principalaccount": (principal.account,), **keys})
    reason = reason_to_refuse(principal, action, resource, context, Policies(known.identity, known.boundary))
    decision = "allowed" if not reason else "explicitDeny" if reason.startswith(_EXPLICIT) else "implicitDeny"
    missing = "".join(f"<member>{escape(key)}</member>" for key in context.missing)
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resource)}"
        f"</EvalResourceName><EvalDecision>{decision}</EvalDecision><MatchedStatements/>"
        f"<MissingContextValues>{missing}</MissingContextValues></member>"
    )


def _principal(arn: str) -> Principal:
    match = _ENTITY.match(arn)
    if match is None:
        raise _Rejected("InvalidInput", f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
    backend: Any = import_module("moto.iam.models").iam_backends[match["account"]]["aws"]
    entities = backend.roles if match["kind"] == "role" else backend.users
    if all(entity.arn != arn for entity in list(entities.values())):
        raise _Rejected("NoSuchEntity", f"The {match['kind']} with name {match['name']} cannot be found.", 404)
    return Principal(match["account"], arn, arn)


def _members(given: dict[str, str], name: str) -> list[str]:
    found = {int(key.rpartition(".")[2]): value for key, value in given.items() if key.startswith(f"{name}.member.")}
    return [found[number] for number in sorted(found)]


def _context(given: dict[str, str]) -> dict[str, Values]:
    keys = {}
    for name, key in given.items():
        entry, _, member = name.rpartition(".")
        if member == "ContextKeyName":
            keys[key.lower()] = tuple(_members(given, f"{entry}.ContextKeyValues"))
    return keys
