"""The decision, in the order of AWS's evaluation logic.

1. A denial anywhere (identity policies, boundary, resource policy) is final.
2. A resource policy that names the session itself allows. One that names the role, or everybody, allows within the
   boundary. One that names the account leaves the decision to the identity policies.
3. Otherwise an identity policy must allow, and the boundary too where there is one.

For KMS and for assuming a role the resource's own policy must agree in every case: identity policies alone give
nothing. A resource of another account takes both: its own policy, and an identity policy of the caller.
Policies of organisations, sessions and VPC endpoints, and KMS's grants, do not exist here.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from .conditions import hold
from .context import UnsupportedError
from .policy import parse_policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .context import Context
    from .policy import Principals, Statement

_log = logging.getLogger(__name__)


class Kind(Enum):
    """The kinds of policies, as messages name them."""

    IDENTITY = "an identity-based policy"
    BOUNDARY = "a permissions boundary"
    RESOURCE = "a resource-based policy"


class Naming(IntEnum):
    """How closely a principal element names a caller."""

    NOT = 0
    ACCOUNT = 1
    ROLE = 2
    SESSION = 3


@dataclass(frozen=True)
class Principal:
    """Who asks.

    Attributes:
        account: The account's twelve digits; empty for a service.
        arn: The ARN of the session, user or account root; empty for a service.
        role_arn: The ARN of the session's role, or the user's own.
        service: The service's name, such as `events.amazonaws.com`, where a service asks in its own name.
        federated: The ARN of the identity provider whose token is shown, where somebody without keys asks.
    """

    account: str
    arn: str
    role_arn: str = ""
    service: str = ""
    federated: str = ""


@dataclass(frozen=True)
class Policies:
    """The documents that apply to one access.

    Attributes:
        identity: The caller's own.
        boundary: Its permissions boundary; None where it has none.
        resource: The resource's; None where it has none.
        resource_must_agree: Whether identity policies alone give nothing, as with KMS's keys.
        foreign: Whether the resource is another account's than the caller.
    """

    identity: tuple[str, ...] = ()
    boundary: str | None = None
    resource: str | None = None
    resource_must_agree: bool = False
    foreign: bool = False


@dataclass
class _Verdict:
    denied: bool = False
    allowed: Naming = Naming.NOT
    doubts: list[str] = field(default_factory=list)


def reason_to_refuse(principal: Principal, action: str, resource: str, context: Context, policies: Policies) -> str:
    """Return why an access is refused; empty when it is allowed.

    Args:
        principal: Who asks.
        action: The action, such as `s3:GetObject`.
        resource: The resource's ARN, or `*`.
        context: The condition keys of the request.
        policies: What applies.

    Returns:
        The end of AWS's sentence, such as `because no identity-based policy allows the s3:GetObject action`.
    """

    def judged(documents: Iterable[str], *, by_principal: bool) -> _Verdict:
        return _judge(documents, principal if by_principal else None, action.lower(), resource, context)

    identity = judged(policies.identity, by_principal=False)
    boundary = judged([policies.boundary] if policies.boundary is not None else [], by_principal=False)
    own = judged([policies.resource] if policies.resource is not None else [], by_principal=True)
    for kind, verdict in ((Kind.IDENTITY, identity), (Kind.BOUNDARY, boundary), (Kind.RESOURCE, own)):
        if verdict.denied:
            return f"with an explicit deny in {kind.value}"
    missing = _missing(policies, identity, boundary, own, principal)
    doubts = [*identity.doubts, *boundary.doubts, *own.doubts]
    if missing is None and not any(doubt.startswith(_DENIAL) for doubt in doubts):
        for doubt in doubts:
            _tell(doubt)
        return ""
    if doubts:
        names = " and ".join(dict.fromkeys(doubt.removeprefix(_DENIAL) for doubt in doubts))
        return f"because the local cloud does not evaluate {names}"
    return f"because no {str(missing).partition(' ')[2]} allows the {action} action"


@functools.cache
def _tell(doubt: str) -> None:
    # Once each: what has this in its policy asks again and again.
    _log.warning("A statement with %s is not evaluated; what it is about was allowed by another", doubt)


def denies(principal: Principal, action: str, resource: str, context: Context, document: str) -> str:
    """Return why a resource's policy refuses an all-powerful caller; empty when nothing in it denies.

    Args:
        principal: Who asks.
        action: The action.
        resource: The resource's ARN.
        context: The condition keys of the request.
        document: The resource's policy.
    """
    verdict = _judge([document], principal, action.lower(), resource, context)
    if verdict.denied:
        return f"with an explicit deny in {Kind.RESOURCE.value}"
    doubts = [doubt.removeprefix(_DENIAL) for doubt in verdict.doubts if doubt.startswith(_DENIAL)]
    return f"because the local cloud does not evaluate {' and '.join(doubts)}" if doubts else ""


def _missing(
    policies: Policies, identity: _Verdict, boundary: _Verdict, own: _Verdict, principal: Principal
) -> str | None:
    """Return the kind of policy that should allow and does not; None when all that must allow do."""
    if principal.service or principal.federated or (policies.resource_must_agree and own.allowed is Naming.NOT):
        return Kind.RESOURCE.value if own.allowed is Naming.NOT else None
    if policies.foreign and own.allowed is Naming.NOT:
        return Kind.RESOURCE.value
    if own.allowed is Naming.SESSION and not policies.foreign:
        return None
    if (policies.foreign or own.allowed is not Naming.ROLE) and not identity.allowed:
        return Kind.IDENTITY.value
    if policies.boundary is not None and not boundary.allowed:
        return Kind.BOUNDARY.value
    return None


_DENIAL = "deny:"


def _judge(
    documents: Iterable[str], principal: Principal | None, action: str, resource: str, context: Context
) -> _Verdict:
    verdict = _Verdict()
    for document in documents:
        try:
            statements = parse_policy(document)
        except UnsupportedError as error:
            verdict.doubts.append(f"{_DENIAL}{error}")
            continue
        for statement in statements:
            naming = _naming(statement, principal)
            if naming is Naming.NOT:
                continue
            try:
                applies = statement.concerns(action, resource, context) and hold(statement.conditions, context)
            except UnsupportedError as error:
                verdict.doubts.append(str(error) if statement.allows else f"{_DENIAL}{error}")
                continue
            if applies and not statement.allows:
                verdict.denied = True
            elif applies:
                verdict.allowed = max(verdict.allowed, naming)
    return verdict


def _naming(statement: Statement, principal: Principal | None) -> Naming:
    if principal is None or statement.principals is None:
        return Naming.SESSION
    naming = _named(statement.principals, principal)
    if statement.not_principals:
        return Naming.ROLE if naming is Naming.NOT else Naming.NOT
    return naming


def _named(principals: Principals, principal: Principal) -> Naming:
    if principal.service:
        named = principals.everybody or principal.service in principals.of("Service")
        return Naming.SESSION if named else Naming.NOT
    if principal.federated:
        return Naming.SESSION if principal.federated in principals.of("Federated") else Naming.NOT
    known = principals.of("AWS")
    if principal.arn in known:
        return Naming.SESSION
    if principals.everybody or principal.role_arn in known:
        return Naming.ROLE
    if principal.account in known or f"arn:aws:iam::{principal.account}:root" in known:
        return Naming.ACCOUNT
    return Naming.NOT
