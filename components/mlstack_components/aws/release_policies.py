"""What `mlstack release` may do where it runs by itself, as a pure function: no `iam:*` but to hand on named roles.

It describes and changes the serving part of one environment, moves its release pointer, and keeps Pulumi's state. All
that is made has a name that begins as the environment's; actions are those of
https://docs.aws.amazon.com/service-authorization/latest/reference/.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.aws.deployment_actions import SCALING
from mlstack_components.aws.names import MONITOR_CODE_PREFIX
from mlstack_components.aws.policies import Statement, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement

_SERVING = ("Model", "EndpointConfig", "Endpoint")
_MONITORING = ("MonitoringSchedule", "DataQualityJobDefinition", "ModelQualityJobDefinition")
_KINDS = (
    "model",
    "endpoint-config",
    "endpoint",
    "monitoring-schedule",
    "data-quality-job-definition",
    "model-quality-job-definition",
)
_REGISTRY = ("model-package-group", "model-package")


@dataclass(frozen=True, kw_only=True)
class ReleaseStateArgs:
    """Where Pulumi's state is, and what installs mlstack: the bucket that `mlstack bootstrap` made."""

    bucket: str
    """The bucket."""
    key_tag: str
    """The tag of its key."""
    key_tag_value: str
    """The value of that tag."""


@dataclass(frozen=True, kw_only=True)
class ReleasePolicyArgs:
    """All that the policy follows from."""

    placement: Placement
    """The account and region."""
    project: str
    """The project, which the release pointer's path begins with."""
    environment: str
    """Its environment."""
    prefix: str
    """What the names that are made up for its resources begin with, before a hyphen."""
    names: Sequence[str]
    """What is called by name has one of these names, or one that goes on with a hyphen; of one that ends in a star any
    characters follow."""
    encryption_key_arn: str
    """The key of everything of the environment."""
    artifact_bucket_arn: str
    """The bucket of the infrastructure bundle, and of the scripts of monitors."""
    passed_role_arns: Sequence[str]
    """The roles that models, and monitors, run under."""
    state: ReleaseStateArgs | None = None
    """Where Pulumi's state is; None where it is on the machine that builds run on."""
    shared_group_arns: Sequence[str] = ()
    """The model package groups of other accounts whose versions are released."""


def release_statements(args: ReleasePolicyArgs) -> list[Statement]:
    """Return what the role of a release's build may do.

    Args:
        args: What the policy follows from.
    """
    return [
        *_models_and_endpoints(args),
        *_pointer(args),
        *_surroundings(args),
        *_objects(args),
        statement(
            "HandRolesToModels",
            ["iam:PassRole"],
            list(args.passed_role_arns),
            condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        *([] if args.state is None else _state(args, args.state)),
    ]


def start_statements(project_arn: str) -> list[Statement]:
    """Return what the role of the rules may do: start builds of one project.

    Args:
        project_arn: The build project.
    """
    return [statement("StartRelease", ["codebuild:StartBuild"], project_arn)]


def _models_and_endpoints(args: ReleasePolicyArgs) -> list[Statement]:
    changes = [f"sagemaker:{verb}{kind}" for kind in _SERVING for verb in ("Create", "Delete")]
    watched = [f"sagemaker:{verb}{kind}" for kind in _MONITORING for verb in ("Create", "Delete", "Describe")]
    changes += ["sagemaker:UpdateEndpoint", "sagemaker:AddTags", "sagemaker:DeleteTags", *watched]
    changes += ["sagemaker:UpdateMonitoringSchedule"]
    # What nothing refers to any more is known only by looking at all endpoints and models of the account.
    seen = [args.placement.arn("sagemaker", f"{kind}/*") for kind in _KINDS]
    # ... which these list, and they know no resource.
    lists = ["sagemaker:ListEndpointConfigs", "sagemaker:ListEndpoints", "sagemaker:ListModels"]
    versions = ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"]
    return [
        statement("ChangeServing", changes, _named(args, _KINDS)),
        statement("SeeServing", [*(f"sagemaker:Describe{kind}" for kind in _SERVING), "sagemaker:ListTags"], seen),
        statement("ListServing", lists, "*"),
        statement("ReadVersions", versions, _named(args, _REGISTRY)),
        *([statement("ReadSharedVersions", versions, _shared(args))] if args.shared_group_arns else []),
    ]


def _shared(args: ReleasePolicyArgs) -> list[str]:
    """Groups of other accounts, and their versions."""
    versions = [f"{arn.replace(':model-package-group/', ':model-package/')}/*" for arn in args.shared_group_arns]
    return [*args.shared_group_arns, *versions]


def _pointer(args: ReleasePolicyArgs) -> list[Statement]:
    path = f"parameter/mlstack/{args.project}/{args.environment}"
    actions = ["ssm:DeleteParameters", "ssm:GetParameter", "ssm:GetParametersByPath", "ssm:PutParameter"]
    parameters = [args.placement.arn("ssm", f"{path}/{part}") for part in ("release", "release/*", "lock/release")]
    return [statement("MovePointer", actions, parameters)]


def _surroundings(args: ReleasePolicyArgs) -> list[Statement]:
    """Logs, scaling and the alarm that wakes an endpoint up, which belong to the serving part."""
    place = args.placement
    groups = [
        place.arn("logs", f"log-group:/aws/sagemaker/Endpoints/{name}{end}")
        for name in _patterns(args.names)
        for end in ("", ":*")
    ]
    alarms = ["DeleteAlarms", "DescribeAlarms", "ListTagsForResource", "PutMetricAlarm", "TagResource", "UntagResource"]
    scaling = ["ListTagsForResource", *(action.partition(":")[2] for action in SCALING)]
    reads = ["DescribeScalableTargets", "DescribeScalingPolicies", "DescribeScheduledActions"]
    # None of these knows a resource that could be named.
    lists = [f"application-autoscaling:{each}" for each in reads]
    lists += [f"cloudformation:{each}" for each in ("CreateResource", "DeleteResource", "GetResource")]
    lists += ["cloudformation:GetResourceRequestStatus", "logs:DescribeLogGroups"]
    return [
        statement("SeeLogs", ["logs:ListTagsForResource"], groups),
        # A target's ARN holds an id of AWS's choice.
        statement(
            "ScaleEndpoints",
            [f"application-autoscaling:{each}" for each in dict.fromkeys(scaling)],
            place.arn("application-autoscaling", "scalable-target/*"),
        ),
        statement(
            "WakeEndpoints",
            [f"cloudwatch:{each}" for each in alarms],
            place.arn("cloudwatch", f"alarm:{args.prefix}-*"),
        ),
        statement("SeeSurroundings", lists, "*"),
    ]


def _objects(args: ReleasePolicyArgs) -> list[Statement]:
    bucket = args.artifact_bucket_arn
    scripts = ["s3:DeleteObject", "s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging"]
    return [
        statement("WriteMonitors", scripts, f"{bucket}/{MONITOR_CODE_PREFIX}*"),
        statement("UseKey", ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], args.encryption_key_arn),
        # Encrypted volumes are attached by a grant that SageMaker makes in the caller's name.
        statement(
            "AttachEncryptedVolumes",
            ["kms:CreateGrant"],
            args.encryption_key_arn,
            condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def _state(args: ReleasePolicyArgs, state: ReleaseStateArgs) -> list[Statement]:
    bucket = f"arn:{args.placement.partition}:s3:::{state.bucket}"
    return [
        statement("FindState", ["s3:GetBucketLocation", "s3:ListBucket"], bucket),
        statement("KeepState", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], f"{bucket}/.pulumi/*"),
        statement("InstallPackages", ["s3:GetObject"], f"{bucket}/packages/*"),
        # Its ARN is AWS's choice; the tag is that of `mlstack bootstrap`.
        statement(
            "UseStateKey",
            ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            args.placement.arn("kms", "key/*"),
            condition={"StringEquals": {f"aws:ResourceTag/{state.key_tag}": state.key_tag_value}},
        ),
    ]


def _named(args: ReleasePolicyArgs, kinds: Sequence[str]) -> list[str]:
    patterns = list(dict.fromkeys([f"{args.prefix}-*", *_patterns(args.names)]))
    deeper = {"model-package": "/*"}
    return [
        args.placement.arn("sagemaker", f"{kind}/{pattern}{deeper.get(kind, '')}")
        for kind in kinds
        for pattern in patterns
    ]


def _patterns(names: Sequence[str]) -> list[str]:
    """The names, and what goes on with a hyphen."""
    return [each for name in names for each in ((name,) if name.endswith("*") else (name, f"{name}-*"))]
