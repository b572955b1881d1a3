"""What a stack configures of the provider: region, default tags, role, and which accounts it is for.

Credentials, profiles and endpoints are not read: the local cloud is reached with its own keys only, wherever a
program's configuration points.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlstack_localcloud.home import ACCOUNT
from mlstack_localcloud.provider.errors import ConfigurationRefusedError
from mlstack_localcloud.provider.values import UNKNOWN, Properties, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DEFAULT_REGION", "Configuration", "configuration_from"]

DEFAULT_REGION = "us-east-1"
_ARN_ACCOUNT = 4
_OTHER_ACCOUNT = (
    "Select the local environment's stack, or unset AWS_ENDPOINT_URL and PULUMI_DEBUG_PROVIDERS; "
    "`mlstack local env --account ACCOUNT` gives the local cloud an account."
)


@dataclass(frozen=True)
class Configuration:
    """The configuration of one provider instance.

    Attributes:
        account: The account that it works in, 12 digits.
        region: The region of resources that name none.
        default_tags: Tags on everything that can be tagged.
        ignored_tags: Keys of tags that are not the program's business.
        ignored_tag_prefixes: Likewise, by how they begin.
        role_arn: The role in whose name calls are made, or None.
    """

    account: str
    region: str = DEFAULT_REGION
    default_tags: Mapping[str, str] = field(default_factory=dict)
    ignored_tags: frozenset[str] = frozenset()
    ignored_tag_prefixes: tuple[str, ...] = ()
    role_arn: str | None = None

    def ignores_tag(self, key: str) -> bool:
        """Whether a tag in the cloud is no difference."""
        return key in self.ignored_tags or key.startswith(("aws:", *self.ignored_tag_prefixes))


def configuration_from(arguments: Properties, is_open: Callable[[str], bool]) -> Configuration:
    """The configuration that the arguments of a provider (or a stack's `aws:` configuration) make.

    Args:
        arguments: By Pulumi name; nested ones as JSON text, as the SDKs send them.
        is_open: Tells whether the local cloud has an account.

    Raises:
        ConfigurationRefusedError: The arguments are for an account that is not here.
    """
    values = {name: _parsed(value) for name, value in arguments.items()}
    account = _account(values, is_open)
    _refuse_roles_of_others(values, account)
    ignored = values.get("ignoreTags") or {}
    roles = values.get("assumeRoles") or ([values["assumeRole"]] if values.get("assumeRole") else [])
    return Configuration(
        account=account,
        region=values["region"] if isinstance(values.get("region"), str) else DEFAULT_REGION,
        default_tags={key: str(value) for key, value in ((values.get("defaultTags") or {}).get("tags") or {}).items()},
        ignored_tags=frozenset(ignored.get("keys") or ()),
        ignored_tag_prefixes=tuple(ignored.get("keyPrefixes") or ()),
        role_arn=next((role["roleArn"] for role in roles if isinstance(role.get("roleArn"), str)), None),
    )


def _parsed(value: Value) -> Value:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _account(values: Properties, is_open: Callable[[str], bool]) -> str:
    """The account that a stack works in: the one that it allows, if it is open; the local cloud's own by default."""
    allowed = values.get("allowedAccountIds")
    account = ACCOUNT
    if isinstance(allowed, list) and allowed and UNKNOWN not in allowed:
        accounts = [str(each) for each in allowed]
        here = [each for each in accounts if each.isdecimal() and is_open(each)]
        if len(here) != 1:
            told = "has several of them" if here else "has no such account"
            raise ConfigurationRefusedError(
                f"This stack is for account {', '.join(accounts)} (aws:allowedAccountIds), and the local cloud {told}.",
                next_step=_OTHER_ACCOUNT,
            )
        account = here[0]
    forbidden = values.get("forbiddenAccountIds")
    if isinstance(forbidden, list) and account in map(str, forbidden):
        raise ConfigurationRefusedError(f"This stack forbids account {account}, in which it would be provisioned.")
    return account


def _refuse_roles_of_others(values: Properties, account: str) -> None:
    for role in [values.get("assumeRole"), *(values.get("assumeRoles") or [])]:
        arn = role.get("roleArn") if isinstance(role, dict) else None
        if isinstance(arn, str) and arn.count(":") > _ARN_ACCOUNT and arn.split(":")[_ARN_ACCOUNT] != account:
            raise ConfigurationRefusedError(
                f"This stack works in the name of {arn}, a role of another account than its own {account}."
            )
