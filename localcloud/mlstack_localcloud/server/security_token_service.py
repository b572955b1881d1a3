"""The local cloud's STS: who am I, and temporary keys for roles and sessions.

Ours rather than moto's, because requests are verified against these keys: moto answers GetSessionToken with one
constant key, hands out roles that do not exist, and keeps every key that it ever issued.

Whether a caller may assume a role is judged before (`authorization/`); the root key may assume any. Who shows a web
identity token signs nothing: token and trust policy are judged here.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from ..home import ACCOUNT, DEFAULT_REGION
from .authorization.authorizer import Denied
from .authorization.sources import account_of
from .caller import Caller
from .errors import Failure, error_response
from .moto_adjustments import import_module
from .query_answer import query_answer
from .sessions import Principal
from .unknown_operation import unknown_operation
from .web_identity import InvalidToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from .authorization.authorizer import Authorizer
    from .sessions import Sessions, TemporaryKeys
    from .web_identity import WebIdentities
    from .wire import WireRequest

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
_ROLE_ARN = re.compile(r"arn:aws:iam::(\d{12}):role/(?:[\w+=,.@/-]*/)?([\w+=,.@-]+)\Z")
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}\Z")
_SHORTEST_SECONDS = 900
_HOUR = 3600
_LONGEST_SESSION_SECONDS = 36 * _HOUR
_WITH_WEB_IDENTITY = "AssumeRoleWithWebIdentity"


def is_unsigned(request: WireRequest) -> bool:
    """Tell whether a request is one that nobody signs, because it brings a token instead.

    Args:
        request: The request.
    """
    signed = "authorization" in request.headers or "X-Amz-Signature" in request.parameters
    return not signed and request.action == _WITH_WEB_IDENTITY


class _Rejected(Exception):  # noqa: N818 - it is answered, not raised further
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True)
class _Call:
    """One request to STS: its parameters by name, and who makes it."""

    parameters: dict[str, str]
    caller: Caller


class SecurityTokenService:
    """Answers STS requests.

    Args:
        sessions: Issues the temporary keys.
        web_identities: Judges web identity tokens; None takes none.
        authorizer: Judges the trust policies of roles that their bearers ask for.
        account_of: Tells the account of a root key by its id.
    """

    def __init__(
        self,
        sessions: Sessions,
        web_identities: WebIdentities | None = None,
        authorizer: Authorizer | None = None,
        account_of: Callable[[str], str | None] = lambda _access_key: None,
    ) -> None:
        self._sessions = sessions
        self._web_identities = web_identities
        self._authorizer = authorizer
        self._account_of_root = account_of
        self._operations: dict[str, Callable[[_Call], str]] = {
            "AssumeRole": self._assume_role,
            "GetAccessKeyInfo": self._get_access_key_info,
            "GetCallerIdentity": self._get_caller_identity,
            "GetSessionToken": self._get_session_token,
        }

    def handle(self, request: WireRequest, caller: Caller) -> Response:
        """Answer a request.

        Args:
            request: The request, in the query protocol.
            caller: Who makes it.

        Returns:
            The answer in XML.
        """
        operation = self._operations.get(request.action)
        if operation is None:
            return error_response(unknown_operation("sts", request.action, "query"), "query")
        return _answer(request, operation, _Call(_parameters(request), caller))

    def handle_unsigned(self, request: WireRequest) -> Response:
        """Answer a request of somebody who has no keys yet: `is_unsigned`.

        Args:
            request: The request, in the query protocol.

        Returns:
            The answer in XML.
        """
        nobody = Caller(ACCOUNT, DEFAULT_REGION, "", "", "")
        return _answer(request, self._assume_role_with_web_identity, _Call(_parameters(request), nobody))

    def role_keys(self, role_arn: str, session_name: str, seconds: int = _HOUR) -> TemporaryKeys:
        """Issue keys of a role to the local cloud itself, as AWS's services get them for the jobs that they run.

        Args:
            role_arn: A role; it need not exist yet.
            session_name: What the session is called in the ARN of its calls.
            seconds: How long the keys are good.
        """
        match = _ROLE_ARN.match(role_arn)
        account, name = match.groups() if match else (ACCOUNT, role_arn.rpartition("/")[2])
        return self._sessions.issue(_assumed(account, name, _role_id(name), session_name), seconds)

    def _assume_role(self, call: _Call) -> str:
        role_arn = _required(call, "RoleArn", "roleArn")
        session_name = _session_name(call)
        role = _find_role(role_arn)
        if role is None:
            message = f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            raise _Rejected(Failure("AccessDenied", message, 403))
        return self._assumed_role(role, session_name, call)

    def _assume_role_with_web_identity(self, call: _Call) -> str:
        role_arn = _required(call, "RoleArn", "roleArn")
        session_name = _session_name(call)
        token = _required(call, "WebIdentityToken", "webIdentityToken")
        if self._web_identities is None or self._authorizer is None:
            raise _Rejected(Failure("InvalidIdentityToken", "The local cloud takes no tokens here", 400))
        try:
            identity = self._web_identities.verify(token, account_of(role_arn) or ACCOUNT)
            keys = {**identity.condition_keys(), "sts:rolesessionname": (session_name,)}
            self._authorizer.authorize_web_identity(identity.provider_arn, role_arn, keys, call.caller.region)
            role = _find_role(role_arn)
        except InvalidToken as invalid:
            raise _Rejected(Failure(invalid.code, invalid.message, 400)) from invalid
        except Denied as denied:
            raise _not_authorized() from denied
        if role is None:
            raise _not_authorized()
        assumed = self._assumed_role(role, session_name, call)
        return (
            f"<SubjectFromWebIdentityToken>{escape(identity.subject)}</SubjectFromWebIdentityToken>"
            f"<Audience>{escape(identity.audience)}</Audience><Provider>{escape(identity.provider_arn)}</Provider>{assumed}"
        )

    def _assumed_role(self, role: Any, session_name: str, call: _Call) -> str:
        seconds = _duration(call, _HOUR, int(getattr(role, "max_session_duration", None) or _HOUR))
        principal = _assumed(role.account_id, role.name, role.id, session_name)
        keys = self._sessions.issue(principal, seconds)
        return (
            f"<AssumedRoleUser><AssumedRoleId>{escape(principal.user_id)}</AssumedRoleId><Arn>{escape(principal.arn)}</Arn>"
            f"</AssumedRoleUser>{_credentials(keys)}"
        )

    def _get_session_token(self, call: _Call) -> str:
        seconds = _duration(call, 12 * _HOUR, _LONGEST_SESSION_SECONDS)
        principal = Principal(call.caller.arn, call.caller.user_id, call.caller.account)
        return _credentials(self._sessions.issue(principal, seconds))

    def _get_caller_identity(self, call: _Call) -> str:
        caller = call.caller
        arn, user_id = escape(caller.arn), escape(caller.user_id)
        return f"<Arn>{arn}</Arn><UserId>{user_id}</UserId><Account>{caller.account}</Account>"

    def _account_of(self, access_key: str) -> str:
        return self._account_of_root(access_key) or ACCOUNT

    def _get_access_key_info(self, call: _Call) -> str:
        account = self._account_of(_required(call, "AccessKeyId", "accessKeyId"))
        return f"<Account>{account}</Account>"


def _answer(request: WireRequest, operation: Callable[[_Call], str], call: _Call) -> Response:
    try:
        result = operation(call)
    except _Rejected as rejected:
        return error_response(rejected.failure, "query")
    return query_answer(request.action, _NAMESPACE, result)


def _parameters(request: WireRequest) -> dict[str, str]:
    return {name: values[-1] for name, values in request.form.items()} if request.is_form else request.parameters


def _not_authorized() -> _Rejected:
    # The same whether there is no such role or it trusts others.
    return _Rejected(Failure("AccessDenied", f"Not authorized to perform sts:{_WITH_WEB_IDENTITY}", 403))


def _session_name(call: _Call) -> str:
    name = _required(call, "RoleSessionName", "roleSessionName")
    if not _SESSION_NAME.match(name):
        raise _invalid(name, "roleSessionName", r"Member must satisfy regular expression pattern: [\w+=,.@-]*")
    return name


def _find_role(role_arn: str) -> Any:
    match = _ROLE_ARN.match(role_arn)
    if match is None:
        return None
    roles = import_module("moto.iam.models").iam_backends[match.group(1)]["aws"].roles
    return next((role for role in list(roles.values()) if role.arn == role_arn), None)


def _assumed(account: str, role_name: str, role_id: str, session_name: str) -> Principal:
    arn = f"arn:aws:sts::{account}:assumed-role/{role_name}/{session_name}"
    return Principal(arn, f"{role_id}:{session_name}", account)


def _role_id(role_name: str) -> str:
    return "AROA" + hashlib.sha256(role_name.encode()).hexdigest()[:17].upper()


def _duration(call: _Call, default: int, longest: int) -> int:
    text = call.parameters.get("DurationSeconds", str(min(default, longest)))
    if not text.isdigit() or int(text) < _SHORTEST_SECONDS:
        raise _invalid(text, "durationSeconds", "Member must have value greater than or equal to 900")
    if int(text) > longest:
        message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise _Rejected(Failure("ValidationError", message, 400))
    return int(text)


def _required(call: _Call, name: str, member: str) -> str:
    value = call.parameters.get(name)
    if not value:
        raise _invalid("null", member, "Member must not be null")
    return value


def _invalid(value: str, member: str, constraint: str) -> _Rejected:
    message = f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    return _Rejected(Failure("ValidationError", message, 400))


def _credentials(keys: TemporaryKeys) -> str:
    return (
        f"<Credentials><AccessKeyId>{keys.access_key_id}</AccessKeyId>"
        f"<SecretAccessKey>{escape(keys.secret_access_key)}</SecretAccessKey>"
        f"<SessionToken>{escape(keys.session_token)}</SessionToken>"
        f"<Expiration>{keys.expiration_time:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>"
    )
