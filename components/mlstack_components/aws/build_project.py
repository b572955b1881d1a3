"""A CodeBuild project that does one thing, under a role that may do that one thing.

Both builds of the stack are made of it: images of the project's own, and releases in the cloud. It has no privileged
mode: a container in that mode is root on the machine that it runs on. What needs Docker takes a Docker server, a
machine of its own that the build talks to (https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker-server.html).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.policies import document, statement, trust_policy
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_components.aws.placement import Placement
    from mlstack_components.aws.policies import Statement

BUILD_IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
"""The machine's image, which AWS keeps: Amazon Linux 2023 with Python, the AWS CLI and Docker's client
(https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html)."""

MACHINES = {"small": "BUILD_GENERAL1_SMALL", "medium": "BUILD_GENERAL1_MEDIUM", "large": "BUILD_GENERAL1_LARGE"}
"""Sizes of machines, of builds and of Docker servers: 4, 8 and 16 GiB (API_DockerServer)."""

_SECRET = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY|ACCESS_KEY|API_KEY", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class BuildSource:
    """Where builds take their source from: zip files below a prefix of a bucket.

    Which one, each StartBuild says (`sourceLocationOverride`); `key` is what is built where it says nothing.
    """

    bucket_arn: pulumi.Input[str]
    """The bucket."""
    prefix: str
    """What the keys of sources begin with, such as `builds/`."""
    key: str
    """The source of a build that names none."""


@dataclass(frozen=True, kw_only=True)
class BuildProjectArgs:
    """What a build project is made from."""

    placement: Placement
    """The account and region."""
    project_name: str
    """The project's name, at most 150 characters: given and not made up, so that the role trusts this project alone."""
    description: str
    """What its builds do, as shown in the console."""
    buildspec: pulumi.Input[str]
    """The commands, as YAML or JSON of version 0.2: they stand in the project, so that no source brings other ones."""
    statements: pulumi.Input[Sequence[Statement]]
    """What builds may do, beside writing their log and reading their source."""
    encryption_key_arn: pulumi.Input[str]
    """The key of log and artifacts; its policy must let CloudWatch Logs use it."""
    source: BuildSource | None = None
    """Where sources lie; None for builds that need none."""
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Environment variables in plain sight of whoever may read the project: no secrets."""
    secret_variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Environment variables that builds read from Secrets Manager, `<name>[:<key>]` each; `statements` allow it."""
    machine: str = "small"
    """The size of the machine, a key of `MACHINES`."""
    docker_server: str | None = None
    """The size of a Docker server beside it, a key of `MACHINES`; None for none."""
    timeout_minutes: int = 30
    """After how many minutes a build is stopped, 5 to 2160 (API_CreateProject)."""
    queued_timeout_minutes: int = 60
    """After how many minutes a build that waits is dropped, 5 to 480 (API_CreateProject)."""
    concurrent_build_limit: int = 1
    """How many builds run at once; a further one is refused."""
    log_retention_days: int = 365
    """How long logs are kept, in days: one of the numbers that CloudWatch Logs knows."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The policy that its role may not exceed; None for none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of role, log group and project."""


class BuildProject(pulumi.ComponentResource):
    """A CodeBuild project, its role, and its log group.

    Rules: CodeBuild.2, CodeBuild.4, CodeBuild.5, CKV_AWS_78, CKV_AWS_147, CKV_AWS_158, CKV_AWS_314, CKV_AWS_316,
    CKV_AWS_338.
    """

    arn: pulumi.Output[str]
    """The project's ARN, which rules start builds by."""
    name: pulumi.Output[str]
    """The project's name."""
    role_arn: pulumi.Output[str]
    """The ARN of its role."""
    log_group_name: pulumi.Output[str]
    """The log group of its builds, a stream each."""
    project: aws.codebuild.Project
    """The project."""
    role: aws.iam.Role
    """Its role."""
    role_policy: aws.iam.RolePolicy
    """What that role may do."""
    log_group: aws.cloudwatch.LogGroup
    """Its log group."""

    def __init__(self, name: str, args: BuildProjectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:BuildProject", name, {}, opts)
        refuse_secrets(args.variables)
        child = pulumi.ResourceOptions(parent=self)
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-build-logs",
            aws.cloudwatch.LogGroupArgs(
                name=f"/aws/codebuild/{args.project_name}",
                kms_key_id=args.encryption_key_arn,
                retention_in_days=args.log_retention_days,
                tags=args.tags,
            ),
            child,
        )
        self.role = aws.iam.Role(
            f"{name}-build",
            aws.iam.RoleArgs(
                description=args.description,
                assume_role_policy=trust_policy(
                    args.placement, "codebuild", [args.placement.arn("codebuild", f"project/{args.project_name}")]
                ),
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            child,
        )
        self.role_policy = aws.iam.RolePolicy(
            f"{name}-build-policy",
            aws.iam.RolePolicyArgs(role=self.role.name, policy=_policy(args, self.log_group)),
            child,
        )
        self.project = project = aws.codebuild.Project(
            f"{name}-build-project",
            _project_args(args, self.role, self.log_group),
            pulumi.ResourceOptions(parent=self, depends_on=[self.role_policy]),
        )
        self.arn = project.arn
        self.name = project.name
        self.role_arn = self.role.arn
        self.log_group_name = self.log_group.name
        self.register_outputs({each: getattr(self, each) for each in ("arn", "name", "role_arn", "log_group_name")})


def build_policy(
    statements: Sequence[Statement],
    log_group_arn: str,
    encryption_key_arn: str,
    source_objects: str | None = None,
) -> str:
    """Return what a build's role may do: write its log, read its source, and what it is there for.

    Args:
        statements: What it is there for.
        log_group_arn: The log group.
        encryption_key_arn: The key of the source.
        source_objects: The sources, as an ARN pattern; None for none.
    """
    found = [statement("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], f"{log_group_arn}:*")]
    if source_objects is not None:
        found.append(statement("ReadSource", ["s3:GetObject", "s3:GetObjectVersion"], source_objects))
        found.append(statement("DecryptSource", ["kms:Decrypt"], encryption_key_arn))
    return document(*found, *statements)


def refuse_secrets(variables: Mapping[str, object]) -> None:
    """Refuse variables whose names say that their values are secrets (CodeBuild.2).

    Args:
        variables: The variables that everybody sees who may read the project.

    Raises:
        UserError: A name says so.
    """
    found = next((name for name in variables if _SECRET.search(name)), None)
    if found is not None:
        raise UserError(
            f"The build's variable {found} would stand in its project in plain text.",
            next_step="Put its value into Secrets Manager and name it among the secret variables.",
        )


def _policy(args: BuildProjectArgs, log_group: aws.cloudwatch.LogGroup) -> pulumi.Output[str]:
    source = args.source
    objects = None if source is None else pulumi.Output.concat(source.bucket_arn, "/", source.prefix, "*")
    return pulumi.Output.all(args.statements, log_group.arn, args.encryption_key_arn, objects).apply(
        # The ARN of a log group ends in `:*` in some of AWS's answers.
        lambda found: build_policy(found[0], str(found[1]).removesuffix(":*"), found[2], found[3])
    )


def _project_args(
    args: BuildProjectArgs, role: aws.iam.Role, log_group: aws.cloudwatch.LogGroup
) -> aws.codebuild.ProjectArgs:
    logs = aws.codebuild.ProjectLogsConfigCloudwatchLogsArgs(status="ENABLED", group_name=log_group.name)
    return aws.codebuild.ProjectArgs(
        name=args.project_name,
        description=args.description,
        service_role=role.arn,
        artifacts=aws.codebuild.ProjectArtifactsArgs(type="NO_ARTIFACTS"),
        environment=_environment(args),
        source=_source(args),
        logs_config=aws.codebuild.ProjectLogsConfigArgs(cloudwatch_logs=logs),
        encryption_key=args.encryption_key_arn,
        build_timeout=args.timeout_minutes,
        queued_timeout=args.queued_timeout_minutes,
        concurrent_build_limit=args.concurrent_build_limit,
        tags=args.tags,
    )


def _environment(args: BuildProjectArgs) -> aws.codebuild.ProjectEnvironmentArgs:
    server = args.docker_server
    variables = [("PLAINTEXT", *each) for each in args.variables.items()]
    variables += [("SECRETS_MANAGER", *each) for each in args.secret_variables.items()]
    return aws.codebuild.ProjectEnvironmentArgs(
        type="LINUX_CONTAINER",
        compute_type=MACHINES[args.machine],
        image=BUILD_IMAGE,
        image_pull_credentials_type="CODEBUILD",
        privileged_mode=False,
        docker_server=None
        if server is None
        else aws.codebuild.ProjectEnvironmentDockerServerArgs(compute_type=MACHINES[server]),
        environment_variables=[
            aws.codebuild.ProjectEnvironmentEnvironmentVariableArgs(name=name, value=value, type=kind)
            for kind, name, value in variables
        ],
    )


def _source(args: BuildProjectArgs) -> aws.codebuild.ProjectSourceArgs:
    if args.source is None:
        return aws.codebuild.ProjectSourceArgs(type="NO_SOURCE", buildspec=args.buildspec)
    # An S3 bucket's ARN is `arn:<partition>:s3:::<name>`.
    bucket = pulumi.Output.from_input(args.source.bucket_arn).apply(lambda arn: arn.rpartition(":")[2])
    location = pulumi.Output.concat(bucket, "/", args.source.key)
    return aws.codebuild.ProjectSourceArgs(type="S3", location=location, buildspec=args.buildspec)
