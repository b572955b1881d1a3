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
from mlstack_components.aws.policies import Statement, document, statement

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

MOST_CHARACTERS = 10_240
"""What all inline policies of a role may have, white space aside
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""


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
    own = statement("ReadOwn", _actions(READS), _own(args))
    keys = statement("ReadKeys", list(KEY_READS), args.placement.arn("kms", "key/*"), condition=_own_keys(args))
    return document(own, *_reads(args), keys, *_state(args, ("s3:GetObject",), ("kms:Decrypt",)))


def deploy_policies(args: DeploymentPolicyArgs) -> dict[str, str]:
    """Return what a role needs that deploys, by the policies' names.

    Args:
        args: What the policies follow from.
    """
    objects = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
    own = statement("ChangeOwn", [*_actions(READS), *_actions(WRITES)], _own(args))
    state = _state(args, objects, ("kms:Decrypt", "kms:GenerateDataKey"))
    return {
        "resources": document(own, *_reads(args), *_changes(args)),
        **({"state": document(*state)} if state else {}),
        "roles": document(*_roles(args)),
        "keys": document(*_keys(args)),
    }


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
    roles = _resources(args, "iam")
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
        # In one statement: a role has room for so many characters only, and the condition has many.
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


def _actions(table: dict[str, tuple[str, ...]]) -> list[str]:
    return [f"{service}:{action}" for service, names in table.items() for action in names]


def _own(args: DeploymentPolicyArgs) -> list[str]:
    return [arn for service in READS for arn in _resources(args, service)]


def _resources(args: DeploymentPolicyArgs, service: str) -> list[str]:
    """The ARNs of a service's resources, by what their names begin with."""
    placement = args.placement
    partition, account = placement.partition, placement.account
    if service == "ssm":
        return [placement.arn("ssm", f"parameter/mlstack/{args.project}/{args.environment}/*")]
    made_up = {
        "cloudwatch": placement.arn("cloudwatch", f"alarm:{args.prefix}-*"),
        "ecr": placement.arn("ecr", f"repository/{args.prefix}-*"),
        "events": placement.arn("events", f"rule/{args.prefix}-*"),
        "iam": f"arn:{partition}:iam::{account}:role/{args.prefix}-*",
        "logs": placement.arn("logs", f"log-group:{args.prefix}-*"),
        "s3": f"arn:{partition}:s3:::{args.prefix}-*",
        "sagemaker": placement.arn("sagemaker", f"*/{args.prefix}-*"),
        "scheduler": placement.arn("scheduler", f"schedule/default/{args.prefix}-*"),
        "sns": placement.arn("sns", f"{args.prefix}-*"),
        "sqs": placement.arn("sqs", f"{args.prefix}-*"),
    }
    starts = [name[:-1] if name.endswith("*") else f"{name}-" for name in args.names]
    covered = [name for name in args.names if not name.endswith("*") and name.startswith(tuple(starts))]
    # The first is the endpoint's and the dashboard's; the others are for SageMaker alone.
    names = [name for name in args.names if name not in covered] if service == "sagemaker" else args.names[:1]
    named = [arn for name in names for arn in _named(placement, service, name)]
    return list(dict.fromkeys([made_up[service], *named]))


def _named(placement: Placement, service: str, name: str) -> list[str]:
    """The ARNs of a service's resources whose names are chosen, by a name or its beginning."""
    if service == "cloudwatch":
        return [f"arn:{placement.partition}:cloudwatch::{placement.account}:dashboard/{name}"]
    if service == "logs":
        return [placement.arn("logs", f"log-group:/aws/sagemaker/Endpoints/{name}{end}") for end in ("", ":*")]
    if service != "sagemaker":
        return []
    # A version follows its group's name, a feature group's own name the environment's.
    ends = ("",) if name.endswith("*") else ("", "-*", "/*")
    return [placement.arn("sagemaker", f"*/{name}{end}") for end in ends]


def _budgets(args: DeploymentPolicyArgs) -> list[str]:
    partition, account = args.placement.partition, args.placement.account
    return [f"arn:{partition}:budgets::{account}:budget/{args.prefix}-*"]


def _tags(args: DeploymentPolicyArgs) -> dict[str, str]:
    return {"mlstack:project": args.project, "mlstack:environment": args.environment}


def _own_keys(args: DeploymentPolicyArgs) -> dict[str, dict[str, str]]:
    return {"StringEquals": {f"aws:ResourceTag/{name}": value for name, value in _tags(args).items()}}
