"""Where the policies are: in moto's services, and in SageMaker's tables for model package groups.

Private parts of moto: the backends of `iam`, `s3`, `kms`, `sqs`, `sns`, `ecr` and `secretsmanager`, and in them the
attributes `policies`, `managed_policies`, `permissions_boundary_arn`, `groups`, `versions`, `policy`,
`assume_role_policy_document`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..moto_adjustments import import_module, imported
from .evaluate import Policies, Principal

if TYPE_CHECKING:
    from collections.abc import Callable

_SESSION = re.compile(r"arn:aws:sts::(\d{12}):assumed-role/([^/]+)/(.+)\Z")
_FIELDS = 6
SERVICE_SESSION = "SageMaker"
"""What the sessions are called that services make of roles."""
_NOTHING = '{"Version": "2012-10-17", "Statement": []}'
_NAMED = {
    "ecr": ("repositories", "repository/"),
    "events": ("event_buses", "event-bus/"),
    "kms": ("keys", "key/"),
    "sqs": ("queues", ""),
}
"""Services whose resources stand in a table by name, and what their ARNs have before it."""
WITH_RESOURCE_POLICIES = frozenset({"ecr", "kms", "s3", "secretsmanager", "sns", "sqs", "sts"})
"""The services, by signing name, of whose resources this local cloud keeps policies, beside SageMaker's groups."""


class PolicySource:
    """Finds the policies of callers and resources, as they are at this moment.

    Attributes:
        group_policy: Finds the policy of a model package group by account, region and name.
    """

    def __init__(self) -> None:
        self.group_policy: Callable[[str, str, str], str | None] = lambda _account, _region, _group: None

    def principal(self, arn: str) -> Principal:
        """Return who an ARN is.

        Args:
            arn: The ARN of a session or a user.
        """
        session = _SESSION.match(arn)
        if session is None:
            return Principal(account_of(arn), arn, arn)
        account = session.group(1)
        role = role_named(account, session.group(2))
        return Principal(account, arn, role.arn if role is not None else "")

    def policies(self, principal: Principal, action: str, resource: str) -> Policies:
        """Return the policies of a caller and of what it asks for.

        Args:
            principal: Who asks.
            action: The action.
            resource: The resource's ARN, or `*`.
        """
        identity, boundary = _own_policies(principal)
        document = self.resource_policy(resource)
        agree = (action.startswith("kms:") and resource != "*") or action.startswith("sts:AssumeRole")
        foreign = bool(principal.account) and owner_of(action, resource, principal.account) != principal.account
        return Policies(identity, boundary, document, agree, foreign)

    def resource_policy(self, resource: str) -> str | None:  # noqa: PLR0911 - one service each
        """Return the policy of a resource; None where it has none.

        Args:
            resource: The resource's ARN, or `*`.
        """
        fields = resource.split(":", _FIELDS - 1)
        if len(fields) < _FIELDS:
            return None
        _, _, service, region, account, name = fields
        if service == "s3":
            return _text(getattr(bucket_named(name.partition("/")[0]), "policy", None))
        if service in _NAMED:
            table, kind = _NAMED[service]
            found = backend(service, account, region, table).get(name.removeprefix(kind))
            return _text(getattr(found, "policy", None)) if name.startswith(kind) else None
        if service == "sns":
            return _text(getattr(backend("sns", account, region, "topics").get(resource), "policy", None))
        if service == "secretsmanager":
            secrets = dict.values(backend("secretsmanager", account, region, "secrets"))
            return next((_text(secret.policy) for secret in list(secrets) if secret.arn == resource), None)
        if service == "iam" and name.startswith("role/"):
            role = role_named(account, name.rpartition("/")[2])
            return _text(getattr(role, "assume_role_policy_document", None))
        if service == "sagemaker" and name.startswith(("model-package-group/", "model-package/")):
            return self.group_policy(account, region, name.split("/")[1])
        return None


def session_arn(role_arn: str) -> str:
    """Return the ARN of SageMaker's session of a role.

    Args:
        role_arn: The role.
    """
    return f"arn:aws:sts::{account_of(role_arn)}:assumed-role/{role_arn.rpartition('/')[2]}/{SERVICE_SESSION}"


def role_of_session(arn: str) -> str | None:
    """Return the ARN of a session's role; None where the ARN is no session's.

    Args:
        arn: The ARN of the caller.
    """
    session = _SESSION.match(arn)
    return None if session is None else f"arn:aws:iam::{session.group(1)}:role/{session.group(2)}"


def is_root(arn: str) -> bool:
    """Tell whether an ARN is that of an account's root."""
    return arn.startswith("arn:aws:iam::") and arn.endswith(":root")


def account_of(arn: str) -> str:
    """Return the account that an ARN names; empty where it names none."""
    fields = arn.split(":", _FIELDS - 1)
    return fields[4] if len(fields) == _FIELDS else ""


def owner_of(action: str, resource: str, default: str) -> str:
    """Return the account that a resource belongs to.

    Args:
        action: What is asked for; whoever makes a bucket owns it, even if its name is taken.
        resource: Its ARN, or `*`.
        default: The account of what has none, or is not there.
    """
    if resource.startswith("arn:aws:s3:::"):
        if action == "s3:CreateBucket":
            return default
        return getattr(bucket_named(resource[13:].partition("/")[0]), "account_id", None) or default
    account = account_of(resource)
    return account if account.isdigit() else default


def bucket_named(name: str) -> Any:
    """Return a bucket, whichever account's it is, or None."""
    module = imported("moto.s3.models")
    accounts = [] if module is None else list(module.s3_backends.values())
    return next((found for each in accounts if (found := each["aws"].buckets.get(name)) is not None), None)


def role_named(account: str, name: str) -> Any:
    """Return a role by its account and name, or None."""
    roles = import_module("moto.iam.models").iam_backends[account]["aws"].roles
    return next((role for role in list(roles.values()) if role.name == name), None)


def _own_policies(principal: Principal) -> tuple[tuple[str, ...], str | None]:
    kind, _, name = principal.role_arn.rpartition(":")[2].partition("/")
    name = name.rpartition("/")[2]
    if not principal.account:
        return (), None
    backend = import_module("moto.iam.models").iam_backends[principal.account]["aws"]
    if kind == "role":
        role = role_named(principal.account, name)
        return ((), None) if role is None else (_attached(role), _boundary(backend, role))
    user = backend.users.get(name) if kind == "user" else None
    if user is None:
        return (), None
    groups = [group for group in list(backend.groups.values()) if user in group.users]
    documents = [document for owner in (user, *groups) for document in _attached(owner)]
    return tuple(documents), _boundary(backend, user)


def _attached(owner: Any) -> tuple[str, ...]:
    managed = [_current(policy) for policy in list(owner.managed_policies.values())]
    return (*list(owner.policies.values()), *managed)


def _boundary(backend: Any, owner: Any) -> str | None:
    arn = getattr(owner, "permissions_boundary_arn", None)
    if not arn:
        return None
    policy = backend.managed_policies.get(arn)
    # A boundary that is gone allows nothing.
    return _NOTHING if policy is None else _current(policy)


def _current(policy: Any) -> str:
    default = next(version for version in policy.versions if version.version_id == policy.default_version_id)
    return str(default.document)


def backend(service: str, account: str, region: str, table: str) -> dict[str, Any]:
    """Return a table of one of moto's services; an empty one where the service was not used yet.

    Args:
        service: The service's module in moto.
        account: The account.
        region: The region, or the partition where the service has no regions.
        table: The attribute.
    """
    module = imported(f"moto.{service}.models")
    if module is None:
        return {}
    try:
        found: dict[str, Any] = getattr(vars(module)[f"{service}_backends"][account][region], table)
    except KeyError:
        # There is no such region.
        return {}
    return found


def _text(policy: Any) -> str | None:
    if not policy:
        return None
    return policy.decode() if isinstance(policy, bytes) else str(policy)
