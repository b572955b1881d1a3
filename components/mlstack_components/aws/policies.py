"""Policy documents as pure functions: strings in, JSON out.

Nothing here knows a resource class, so that every rule is tested without an engine.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_components.aws.placement import Placement

Statement: TypeAlias = dict[str, Any]
"""One statement of a policy, as IAM's JSON has it."""

POLICY_VERSION = "2012-10-17"


def document(*statements: Statement) -> str:
    """Return a policy document of the statements, the same text for the same statements."""
    return json.dumps({"Version": POLICY_VERSION, "Statement": list(statements)}, separators=(",", ":"))


def statement(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str] | str | None = None,
    *,
    effect: Literal["Allow", "Deny"] = "Allow",
    principal: Mapping[str, Any] | None = None,
    condition: Mapping[str, Mapping[str, Any]] | None = None,
) -> Statement:
    """Return one statement of a policy.

    Args:
        sid: The statement's id, letters and digits.
        actions: The actions, each by its full name.
        resources: The ARNs; None in trust policies, which have none.
        effect: Whether it allows or denies.
        principal: Who, in resource and trust policies.
        condition: Under which condition.
    """
    result: Statement = {"Sid": sid, "Effect": effect}
    if principal is not None:
        result["Principal"] = dict(principal)
    result["Action"] = list(actions)
    if resources is not None:
        result["Resource"] = [resources] if isinstance(resources, str) else list(resources)
    if condition is not None:
        result["Condition"] = {operator: dict(values) for operator, values in condition.items()}
    return result


def trust_policy(placement: Placement, service: str, source_arns: Sequence[str] | None = None) -> str:
    """Return who may assume a role: one service, and only on behalf of this account.

    Args:
        placement: The account and region.
        service: The service's name, such as `sagemaker`.
        source_arns: The resources on whose behalf, as ARN patterns; all of the service in this region by default.
    """
    arns = list(source_arns) if source_arns else [placement.arn(service, "*")]
    return document(
        statement(
            "AssumedByService",
            ["sts:AssumeRole"],
            principal={"Service": f"{service}.amazonaws.com"},
            condition={
                "StringEquals": {"aws:SourceAccount": placement.account},
                "ArnLike": {"aws:SourceArn": arns},
            },
        )
    )


def require_tls(actions: Sequence[str], resources: Sequence[str]) -> Statement:
    """Return the statement of a resource policy that refuses every call that is not encrypted in transit.

    Args:
        actions: All actions of the service, as `s3:*`; a denial may be as wide as it can.
        resources: The resource that the policy belongs to.
    """
    return statement(
        "RefuseUnencryptedTransport",
        actions,
        resources,
        effect="Deny",
        principal={"AWS": "*"},
        condition={"Bool": {"aws:SecureTransport": "false"}},
    )
