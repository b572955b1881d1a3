"""What `mlstack plan` and `mlstack up` need of a project's environment in continuous integration, as pure functions.

Everything is scoped by what the names of the environment's resources begin with; keys, which have no names, by the tags
of the project and the environment. Nothing here makes networks: they belong to the platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.aws.deployment_actions import (
    KEY_CHANGES,
    KEY_READS,
    PASSED_TO,
    READS,
    RIGHTS_CHANGES,
    ROLE_CHANGES,
    SCALING,
    WRITES,
)
from mlstack_components.aws.deployment_reach import Reach, own_resources
from mlstack_components.aws.policies import Statement, document, statement

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

MOST_CHARACTERS_INLINE = 10_240
"""What all inline policies of a role may have, white space aside
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""

MOST_CHARACTERS = 6_144
"""What a managed policy may have (same source)."""

MOST_POLICIES = 10
"""How many managed policies a role has room for, unless AWS raises the quota (same source)."""

_GROUPS = {
    "data": ("s3", "ssm"),
    "learning": ("sagemaker",),
    "messages": ("events", "scheduler", "sns", "sqs"),
    "watching": ("cloudwatch", "logs"),
}
_OTHERS = "others"
# Not among the policies of services: what is read and changed of roles is one policy.
_ROLES = "iam"


@dataclass(frozen=True, kw_only=True)
class DeploymentPolicyArgs:
    """All that the policies follow from."""

    placement: Placement
    """The account and region."""
    project: str
    """The project, which the tags of its keys name."""
    environment: str
    """Its environment, which they name too."""
    prefix: str
    """What the names that the provider makes up for its resources begin with, before a hyphen."""
    names: tuple[str, ...]
    """What is called by name has one of these names, or one that goes on with a hyphen; of one that ends in a star any
    characters follow. The first is that of endpoint and dashboard; pipeline, groups and their like have any."""
    permissions_boundary_arn: str | None = None
    """The boundary that every role which is made must have; None where the organisation has none."""
    state_bucket: str | None = None
    """The bucket of Pulumi's state; None where the state is elsewhere."""
    state_key_arn: str | None = None
    """The key of that bucket; None for S3's own."""


def plan_policy(args: DeploymentPolicyArgs) -> str:
    """Return what a role needs that only plans: the state, the release pointer, and settings, but no data.

    Args:
        args: What the policies follow from.
    """
    own = [_own(args, service, READS) for service in READS]
    keys = statement("ReadKeys", list(KEY_READS), args.placement.arn("kms", "key/*"), condition=_own_keys(args))
    return document(*own, *_reads(args), keys, *_state(args, ("s3:GetObject",), ("kms:Decrypt",)))


def deploy_policies(args: DeploymentPolicyArgs) -> dict[str, str]:
    """Return what a role needs that deploys, by the names of its managed policies.

    Args:
        args: What the policies follow from.
    """
    objects = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
    state = _state(args, objects, ("kms:Decrypt", "kms:GenerateDataKey"))
    groups = {name: [_own(args, service, READS, WRITES) for service in services] for name, services in _groups()}
    groups[_OTHERS] += [*_reads(args), *_changes(args)]
    return {
        **{name: document(*statements) for name, statements in groups.items()},
        **({"state": document(*state)} if state else {}),
        "roles": document(_own(args, _ROLES, READS), *_roles(args)),
        "keys": document(*_keys(args)),
    }


def _groups() -> list[tuple[str, tuple[str, ...]]]:
    """The services of each policy; what is in no group is in the last."""
    grouped = {_ROLES, *(service for services in _GROUPS.values() for service in services)}
    others = tuple(service for service in dict.fromkeys((*READS, *WRITES)) if service not in grouped)
    return [*_GROUPS.items(), (_OTHERS, others)]


def _own(args: DeploymentPolicyArgs, service: str, *tables: dict[str, tuple[str, ...]]) -> Statement:
    actions = [f"{service}:{action}" for table in tables for action in table.get(service, ())]
    sid = f"{'Read' if tables == (READS,) else 'Change'}{service.capitalize()}"
    return statement(sid, actions, own_resources(_reach(args), service))


def _reach(args: DeploymentPolicyArgs) -> Reach:
    return Reach(args.placement, args.project, args.environment, args.prefix, args.names)


def _reads(args: DeploymentPolicyArgs) -> list[Statement]:
    return [
        # None of these knows a resource, or one that can be named before it is there.
        statement(
            "ReadLists",
            [
                "application-autoscaling:DescribeScalableTargets",
                "application-autoscaling:DescribeScalingPolicies",
                "application-autoscaling:DescribeScheduledActions",
                "application-autoscaling:ListTagsForResource",
                "cloudformation:DescribeType",
                "cloudformation:GetResource",
                "cloudformation:GetResourceRequestStatus",
                "kms:ListAliases",
                "logs:DescribeLogGroups",
                "pricing:GetProducts",
                "sns:GetSubscriptionAttributes",
            ],
            "*",
        ),
        statement("ReadBudgets", ["budgets:ListTagsForResource", "budgets:ViewBudget"], _budgets(args)),
    ]


def _changes(args: DeploymentPolicyArgs) -> list[Statement]:
    return [
        # A target's ARN holds an id of AWS's choice.
        statement("ScaleEndpoints", list(SCALING), args.placement.arn("application-autoscaling", "scalable-target/*")),
        # Cloud Control knows no resource; the right to what it calls is asked for besides.
        statement("UseCloudControl", ["cloudformation:CreateResource", "cloudformation:DeleteResource"], "*"),
        # Subscriptions belong to no resource that a policy can name.
        statement("ChangeSubscriptions", ["sns:SetSubscriptionAttributes", "sns:Unsubscribe"], "*"),
        statement(
            "ChangeBudgets",
            ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"],
            _budgets(args),
        ),
    ]


def _roles(args: DeploymentPolicyArgs) -> list[Statement]:
    roles = own_resources(_reach(args), _ROLES)
    boundary = args.permissions_boundary_arn
    bounded = None if boundary is None else {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    changes = [*ROLE_CHANGES, *(() if boundary else ("iam:DeleteRolePermissionsBoundary",))]
    scaling = "sagemaker.application-autoscaling.amazonaws.com"
    linked = f"arn:{args.placement.partition}:iam::{args.placement.account}:role/aws-service-role/{scaling}/*"
    return [
        statement("ChangeRoles", changes, roles),
        statement("ChangeRights", [*RIGHTS_CHANGES, "iam:PutRolePermissionsBoundary"], roles, condition=bounded),
        statement(
            "HandRolesToJobs",
            ["iam:PassRole"],
            roles,
            condition={"StringEquals": {"iam:PassedToService": list(PASSED_TO)}},
        ),
        statement(
            "ScaleByServiceLinkedRole",
            ["iam:CreateServiceLinkedRole"],
            linked,
            condition={"StringEquals": {"iam:AWSServiceName": scaling}},
        ),
    ]


def _keys(args: DeploymentPolicyArgs) -> list[Statement]:
    keys = args.placement.arn("kms", "key/*")
    tags = {f"aws:RequestTag/{name}": value for name, value in _tags(args).items()}
    alias = args.placement.arn("kms", f"alias/mlstack/{args.prefix}")
    return [
        # A key is made under no name: its tags, which it gets at once, are its scope.
        statement("MakeKeys", ["kms:CreateKey", "kms:TagResource"], "*", condition={"StringEquals": tags}),
        statement("ChangeKeys", [*KEY_READS, *KEY_CHANGES], keys, condition=_own_keys(args)),
        statement("NameKeys", ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], alias),
    ]


def _state(args: DeploymentPolicyArgs, objects: tuple[str, ...], key_uses: tuple[str, ...]) -> list[Statement]:
    if args.state_bucket is None:
        return []
    bucket = f"arn:{args.placement.partition}:s3:::{args.state_bucket}"
    found = [
        statement("FindState", ["s3:GetBucketLocation", "s3:ListBucket"], bucket),
        statement("UseState", list(objects), f"{bucket}/.pulumi/*"),
    ]
    return [*found, statement("UseStateKey", list(key_uses), args.state_key_arn)] if args.state_key_arn else found


def _budgets(args: DeploymentPolicyArgs) -> list[str]:
    partition, account = args.placement.partition, args.placement.account
    return [f"arn:{partition}:budgets::{account}:budget/{args.prefix}-*"]


def _tags(args: DeploymentPolicyArgs) -> dict[str, str]:
    return {"mlstack:project": args.project, "mlstack:environment": args.environment}


def _own_keys(args: DeploymentPolicyArgs) -> dict[str, dict[str, str]]:
    return {"StringEquals": {f"aws:ResourceTag/{name}": value for name, value in _tags(args).items()}}
