"""Lets a request through, or says why not, as IAM does: for the gateway, SageMaker, and the event bus."""

from __future__ import annotations

import dataclasses
import functools
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .access import Access, Place, UnknownActionError
from .action_of import accesses_of
from .context import Context, Values
from .encryption import is_customer_key, key_access
from .evaluate import Principal, denies, reason_to_refuse
from .services import sagemaker
from .services.s3 import listing_of
from .sources import WITH_RESOURCE_POLICIES, PolicySource, account_of, is_root, owner_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..signature import Identified
    from ..wire import WireRequest

_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_ACROSS_ACCOUNTS = WITH_RESOURCE_POLICIES - {"sts"}
# An account's root can always repair a bucket policy that shuts it out:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
_EVERYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
_ALWAYS_ROOTS = frozenset({"s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"})


class Denied(Exception):  # noqa: N818 - it is no error of ours: the request is answered
    """A caller may not do what it asks for; the text is AWS's sentence."""


class Authorizer:
    """Judges requests.

    Attributes:
        sources: Where the policies are.
    """

    def __init__(self) -> None:
        self.sources = PolicySource()

    def authorize(self, request: WireRequest, identified: Identified) -> None:
        """Judge a request as it came over the wire; of SageMaker only invocations, see `authorize_operation`.

        Args:
            request: The request.
            identified: Who made it, and for which service.

        Raises:
            Denied: It is not allowed.
        """
        caller = identified.caller
        root = is_root(caller.arn)
        if root and identified.service not in WITH_RESOURCE_POLICIES:
            return
        try:
            accesses = accesses_of(request, identified)
        except UnknownActionError as error:
            if root:
                return
            message = f"User: {caller.arn} is not authorized: the local cloud does not know the action of {error}"
            raise Denied(message) from error
        self.check(caller.arn, accesses, _wire_keys(request, caller.region))

    def owner(self, request: WireRequest, identified: Identified) -> str:
        """Return the account whose service answers a request: that of the resource, which lets others in by its policy.

        Args:
            request: A request that was authorized.
            identified: Who made it, and for which service.
        """
        account = identified.caller.account
        if identified.service not in _ACROSS_ACCOUNTS:
            return account
        try:
            accesses = accesses_of(request, identified)
        except UnknownActionError:
            return account
        return owner_of(accesses[0].action, accesses[0].resource, account) if accesses else account

    def hides(self, request: WireRequest, identified: Identified) -> str:
        """Return why S3 does not say that an object is not there; empty when it says so.

        Without `s3:ListBucket` the answer is Access Denied: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html

        Args:
            request: A request for an object that is not there.
            identified: Who made it.
        """
        try:
            self.check(identified.caller.arn, [listing_of(request)], _wire_keys(request, identified.caller.region))
        except Denied as denied:
            return str(denied)
        return ""

    def authorize_operation(self, operation: str, parameters: dict[str, Any], caller_arn: str, region: str) -> None:
        """Judge an operation of SageMaker, whoever hands it in.

        Args:
            operation: The operation.
            parameters: Its members.
            caller_arn: Who asks.
            region: The region.

        Raises:
            Denied: It is not allowed.
        """
        if is_root(caller_arn) and "ModelPackage" not in operation:
            return
        place = Place(account_of(caller_arn), region)
        self.check(caller_arn, sagemaker.accesses(operation, parameters, place), {"aws:requestedregion": (region,)})

    def check(self, caller_arn: str, accesses: Iterable[Access], keys: dict[str, Values]) -> None:
        """Judge accesses of a caller.

        Args:
            caller_arn: Who asks: the root, a user or a role's session.
            accesses: What it asks for.
            keys: The condition keys of the request, in lower case.

        Raises:
            Denied: One is not allowed.
        """
        principal = self.sources.principal(caller_arn)
        context: Context | None = None
        for access in accesses:
            owner = owner_of(access.action, access.resource, principal.account)
            keys_of_owner: dict[str, Values] = {"aws:resourceaccount": (owner,), "s3:resourceaccount": (owner,)}
            if is_root(caller_arn) and owner == principal.account:
                document = self.sources.resource_policy(access.resource)
                if document is None or access.action in _ALWAYS_ROOTS:
                    continue
                context = context or _context(principal, keys)
                reason = denies(
                    principal,
                    access.action,
                    access.resource,
                    context.extended({**keys_of_owner, **access.keys}),
                    document,
                )
            else:
                policies = self.sources.policies(principal, access.action, access.resource)
                if is_root(caller_arn):
                    policies = dataclasses.replace(policies, identity=(_EVERYTHING,))
                context = context or _context(principal, keys)
                own = context.extended({**keys_of_owner, **access.keys})
                reason = reason_to_refuse(principal, access.action, access.resource, own, policies)
            if reason:
                raise Denied(_sentence(caller_arn, access, reason))

    def find_group_policies_by(self, find: Callable[[str, str, str], str | None]) -> None:
        """Tell how the policy of a model package group is found.

        Args:
            find: Finds it by account, region and name.
        """
        self.sources.group_policy = find

    def authorize_key(self, caller_arn: str, action: str, key: str, region: str, keys: dict[str, Values]) -> None:
        """Judge the use of a key that SageMaker makes in a caller's name.

        Args:
            caller_arn: The caller: the root, a user or a role's session.
            action: The action, such as `kms:CreateGrant`.
            key: The key's id, ARN or alias.
            region: The region.
            keys: The condition keys of the use, in lower case.

        Raises:
            Denied: It is not allowed.
        """
        if is_customer_key(key):
            access = key_access(action, key, Place(account_of(caller_arn), region), "sagemaker", {})
            own = Access(access.action, access.resource, {**access.keys, **keys})
            self.check(caller_arn, [own], {"aws:requestedregion": (region,)})

    def authorize_assumption(self, service: str, role_arn: str, source_arn: str, region: str) -> None:
        """Judge whether a service may assume a role, by the role's trust policy.

        Args:
            service: The service's name, such as `sagemaker.amazonaws.com`.
            role_arn: The role.
            source_arn: On behalf of which resource.
            region: The region.

        Raises:
            Denied: It may not, or there is no such role.
        """
        told: dict[str, Values] = {"aws:sourcearn": (source_arn,), "aws:sourceaccount": (owner_of("", source_arn, ""),)}
        self.check_service(service, [Access("sts:AssumeRole", role_arn, told)], region)

    def authorize_web_identity(self, provider_arn: str, role_arn: str, keys: dict[str, Values], region: str) -> None:
        """Judge whether the bearer of a web identity token may assume a role, by the role's trust policy alone.

        Args:
            provider_arn: The identity provider, whose token is good.
            role_arn: The role.
            keys: The condition keys that the token gives, in lower case.
            region: The region.

        Raises:
            Denied: It may not.
        """
        principal = Principal("", provider_arn, federated=provider_arn)
        told: dict[str, Values] = {"aws:federatedprovider": (provider_arn,), "aws:requestedregion": (region,), **keys}
        policies = self.sources.policies(principal, _WEB_IDENTITY, role_arn)
        if reason_to_refuse(principal, _WEB_IDENTITY, role_arn, _context(principal, told), policies):
            raise Denied(f"Not authorized to perform {_WEB_IDENTITY}")

    def check_service(self, service: str, accesses: Iterable[Access], region: str) -> None:
        """Judge accesses of an AWS service in its own name, which only the resources' policies can allow.

        Args:
            service: The service's name, such as `events.amazonaws.com`.
            accesses: What it asks for.
            region: The region.

        Raises:
            Denied: One is not allowed.
        """
        principal = Principal("", service, service=service)
        keys: dict[str, Values] = {
            "aws:principalisawsservice": ("true",),
            "aws:principalservicename": (service,),
            "aws:requestedregion": (region,),
        }
        context = _context(principal, keys)
        for access in accesses:
            policies = self.sources.policies(principal, access.action, access.resource)
            reason = reason_to_refuse(
                principal, access.action, access.resource, context.extended(access.keys), policies
            )
            if reason:
                raise Denied(_sentence(service, access, reason))


def _sentence(caller: str, access: Access, reason: str) -> str:
    # S3 quotes the resource.
    resource = f'"{access.resource}"' if access.action.startswith("s3:") else access.resource
    return f"User: {caller} is not authorized to perform: {access.action} on resource: {resource} {reason}"


@functools.lru_cache(maxsize=1024)
def _principal_keys(principal: Principal) -> dict[str, Values]:
    if principal.service or principal.federated:
        return {}
    name = principal.arn.rpartition("/")[2]
    role = principal.arn != principal.role_arn
    keys: dict[str, Values] = {
        "aws:principalarn": (principal.role_arn or principal.arn,),
        "aws:principalaccount": (principal.account,),
        "aws:principaltype": (("AssumedRole" if role else "Account" if name == principal.arn else "User"),),
        "aws:principalisawsservice": ("false",),
        "aws:sourceowner": (principal.account,),
        "kms:calleraccount": (principal.account,),
    }
    if role:
        keys["aws:multifactorauthpresent"] = ("false",)
    elif name != principal.arn:
        keys["aws:username"] = (name,)
    return keys


def _context(principal: Principal, keys: dict[str, Values]) -> Context:
    now = time.time()
    return Context(
        {
            # Nothing leaves this machine: its own interface is as good as an encrypted line.
            "aws:securetransport": ("true",),
            "aws:sourceip": ("127.0.0.1",),
            "aws:viaawsservice": ("false",),
            "s3:tlsversion": ("1.3",),
            "aws:epochtime": (str(int(now)),),
            "aws:currenttime": (datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),),
            **_principal_keys(principal),
            **keys,
        }
    )


def _wire_keys(request: WireRequest, region: str) -> dict[str, Values]:
    keys: dict[str, Values] = {"aws:requestedregion": (region,)}
    agent = request.headers.get("user-agent")
    if agent:
        keys["aws:useragent"] = (agent,)
    return keys
