"""Studio domains and their user profiles: what is set on them. The apps that run in them in AWS don't run here.

CreateApp, CreateSpace and presigned addresses answer as operations that are not known: nothing would be behind them.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import in_use, not_found
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.store import Store

_DOMAINS = Listing(
    result="Domains",
    name="DomainName",
    members=("DomainArn", "DomainId", "DomainName", "Status", "CreationTime", "LastModifiedTime", "Url"),
)
_PROFILES = Listing(
    result="UserProfiles",
    name="UserProfileName",
    members=("DomainId", "UserProfileName", "Status", "CreationTime", "LastModifiedTime"),
)


class Domains:
    """State machine: domains and profiles are in service as soon as they are made; a domain with profiles stays."""

    def __init__(self, store: Store, tags: Tags) -> None:
        self._store = store
        self._tags = tags

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateDomain": self.create,
            "DescribeDomain": self.describe,
            "ListDomains": self.list_page,
            "UpdateDomain": self.update,
            "DeleteDomain": self.delete,
            "CreateUserProfile": self.create_profile,
            "DescribeUserProfile": self.describe_profile,
            "ListUserProfiles": self.list_profiles,
            "UpdateUserProfile": self.update_profile,
            "DeleteUserProfile": self.delete_profile,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a domain."""
        key = f"d-{secrets.token_hex(6)}"
        arn, at = arns.arn(caller, arns.DOMAIN, key), now()
        domain: Document = {
            "AppNetworkAccessType": "PublicInternetOnly",
            "TagPropagation": "DISABLED",
            **_untagged(request),
            "DomainId": key,
            "DomainArn": arn,
            "Status": "InService",
            "Url": f"https://{key}.studio.{caller.region}.sagemaker.aws",
            "HomeEfsFileSystemId": f"fs-{secrets.token_hex(8)}",
            "CreationTime": at,
            "LastModifiedTime": at,
        }
        self._store.insert(arns.DOMAIN, caller.region, key, domain)
        self._tags.attach(arn, request)
        return {"DomainArn": arn, "DomainId": key, "Url": domain["Url"]}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a domain."""
        return self._domain(request, caller)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List domains."""
        return _DOMAINS.answer(request, self._store.documents(arns.DOMAIN, caller.region))

    def update(self, request: Document, caller: Identity) -> Document:
        """Change a domain."""
        domain = self._domain(request, caller)
        changes = dict(request)
        settings = changes.pop("DomainSettingsForUpdate", None)
        if settings is not None:
            changes["DomainSettings"] = {**domain.get("DomainSettings", {}), **settings}
        self._store.update(arns.DOMAIN, caller.region, domain["DomainId"], lambda body: body.update(changes))
        return {"DomainArn": domain["DomainArn"]}

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a domain that has no profiles."""
        domain = self._domain(request, caller)
        if self._store.documents(arns.USER_PROFILE, caller.region, prefix=f"{domain['DomainId']}/"):
            raise in_use(f"Unable to delete Domain {domain['DomainId']} because UserProfile(s) are associated with it.")
        self._store.delete(arns.DOMAIN, caller.region, domain["DomainId"])
        self._tags.detach(domain["DomainArn"])
        return {}

    def create_profile(self, request: Document, caller: Identity) -> Document:
        """Make a user profile."""
        self._domain(request, caller)
        name = _profile_name(request)
        arn, at = arns.arn(caller, arns.USER_PROFILE, name), now()
        profile: Document = {
            **_untagged(request),
            "UserProfileArn": arn,
            "Status": "InService",
            "HomeEfsFileSystemUid": str(200_000 + self._store.next_number("posix-user", caller.region, "")),
            "CreationTime": at,
            "LastModifiedTime": at,
        }
        if not self._store.insert(arns.USER_PROFILE, caller.region, name, profile):
            raise in_use(f"UserProfile {request['UserProfileName']} already exists in Domain {request['DomainId']}.")
        self._tags.attach(arn, request)
        return {"UserProfileArn": arn}

    def describe_profile(self, request: Document, caller: Identity) -> Document:
        """Return a user profile."""
        return self._profile(request, caller)

    def list_profiles(self, request: Document, caller: Identity) -> Document:
        """List user profiles, of one domain or of all."""
        prefix = f"{request['DomainIdEquals']}/" if "DomainIdEquals" in request else ""
        wanted = {**request, "NameContains": request.get("UserProfileNameContains", "")}
        return _PROFILES.answer(wanted, self._store.documents(arns.USER_PROFILE, caller.region, prefix=prefix))

    def update_profile(self, request: Document, caller: Identity) -> Document:
        """Change a user profile."""
        profile = self._profile(request, caller)
        self._store.update(arns.USER_PROFILE, caller.region, _profile_name(request), lambda body: body.update(request))
        return {"UserProfileArn": profile["UserProfileArn"]}

    def delete_profile(self, request: Document, caller: Identity) -> Document:
        """Delete a user profile."""
        profile = self._profile(request, caller)
        self._store.delete(arns.USER_PROFILE, caller.region, _profile_name(request))
        self._tags.detach(profile["UserProfileArn"])
        return {}

    def _domain(self, request: Document, caller: Identity) -> Document:
        domain = self._store.get(arns.DOMAIN, caller.region, request["DomainId"])
        if domain is None:
            raise not_found(f"Domain {request['DomainId']} does not exist.")
        return domain

    def _profile(self, request: Document, caller: Identity) -> Document:
        profile = self._store.get(arns.USER_PROFILE, caller.region, _profile_name(request))
        if profile is None:
            raise not_found(f"UserProfile {request['UserProfileName']} does not exist.")
        return profile


def _profile_name(request: Document) -> str:
    return f"{request['DomainId']}/{request['UserProfileName']}"


def _untagged(request: Document) -> Document:
    return {key: value for key, value in request.items() if key != "Tags"}
