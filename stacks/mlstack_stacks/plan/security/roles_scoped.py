"""Roles: no wildcard action, no FullAccess, PassRole with the service, trust for one account (IAM.1, .21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_stacks.plan.security.inventory import listed, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.security.inventory import Broken, Inventory

# S3's documentation has no condition on the account for replication, and with one nothing is copied without a word:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
_WITHOUT_ACCOUNT = frozenset({"s3.amazonaws.com"})


def broken(inventory: Inventory) -> Broken:
    """Finds roles and policies that break one of these."""
    for role in inventory.of("aws:iam/role:Role"):
        for each in statements(role.properties.get("assumeRolePolicy")):
            services = set(listed((each.get("Principal") or {}).get("Service")))
            if services - _WITHOUT_ACCOUNT and "aws:SourceAccount" not in str(each.get("Condition")):
                yield role, "trusts a service on behalf of any account."
        if any("FullAccess" in str(arn) for arn in listed(role.properties.get("managedPolicyArns"))):
            yield role, "has a FullAccess policy of AWS's."
    for policy in inventory.of("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"):
        for each in statements(policy.properties.get("policy")):
            if each.get("Effect") == "Allow":
                yield from ((policy, message) for message in _wide(each))


def _wide(statement: dict[str, Any]) -> Iterator[str]:
    actions, resources = listed(statement.get("Action")), listed(statement.get("Resource"))
    for action in actions:
        if "*" in action:
            yield f"allows the wildcard {action}."
    if "iam:PassRole" in actions:
        if "iam:PassedToService" not in str(statement.get("Condition")):
            yield "hands roles to any service."
        if "*" in resources:
            yield "hands on any role."
