"""Releases of approved versions by themselves, in the cloud: an event starts a build that runs `mlstack release`.

Stages: a version is approved; a rule hears of it and starts a build; the build takes the bundle of the infrastructure
that the last update recorded, by its key and its version, and releases. Whichever event woke it, it releases the newest
approved version. One build runs at a time: an event that comes meanwhile is refused by CodeBuild, and EventBridge sends
it again. The downside: a version that is approved while the project's infrastructure is being changed is released with
the infrastructure of before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.build_project import BuildProject, BuildProjectArgs, BuildSource
from mlstack_components.aws.names import INFRASTRUCTURE_PREFIX, infrastructure_key
from mlstack_components.aws.policies import document, trust_policy
from mlstack_components.aws.release_commands import buildspec
from mlstack_components.aws.release_events import (
    ForwardedVersions,
    approved_pattern,
    build_input,
    failed_pattern,
    staged_pattern,
)
from mlstack_components.aws.release_policies import (
    ReleasePolicyArgs,
    ReleaseStateArgs,
    release_statements,
    start_statements,
)
from mlstack_components.aws.undelivered import undelivered_queue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mlstack_components.aws.placement import Placement

RETRY_SECONDS = 86_400
RETRY_ATTEMPTS = 185
"""As long and as often as EventBridge sends an event again (API_RetryPolicy): a release may take an hour."""
TIMEOUT_MINUTES = 120
"""A deployment ends within the hour that Pulumi's provider waits for an endpoint, and its way back within another."""


@dataclass(frozen=True, kw_only=True)
class InfrastructureBundle:
    """What a build runs: the specification, the Pulumi program, and what these read."""

    file: Path
    """A zip file."""
    digest: str
    """Its SHA-256, in hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class ReleaseAutomationArgs:
    """What the automation of releases is made from."""

    placement: Placement
    """The account and region."""
    project: str
    """The project's name."""
    environment: str
    """The environment that is released to."""
    names: Sequence[str]
    """What the names begin with that are chosen for endpoints and model package groups (`ReleasePolicyArgs.names`)."""
    groups: Mapping[str, str]
    """The models that are released, by their model package groups; a project's one model without a name is empty."""
    forwarded: ForwardedVersions | None = None
    """The groups among them that are another account's; None where all are this account's."""
    bundle: InfrastructureBundle
    """What builds run."""
    artifact_bucket: pulumi.Input[str]
    """The bucket that the bundle is recorded in."""
    artifact_bucket_arn: pulumi.Input[str]
    """Its ARN."""
    artifact_bucket_ready: Sequence[pulumi.Resource] = ()
    """What must be there before anything is put into it."""
    encryption_key_arn: pulumi.Input[str]
    """The key of bundle, logs and queue."""
    passed_role_arns: Sequence[pulumi.Input[str]]
    """The roles that models, and monitors, run under."""
    topic_arn: pulumi.Input[str] | None = None
    """The topic that is told of builds that failed; its policy lets EventBridge publish. None tells nobody."""
    state: ReleaseStateArgs | None = None
    """Where Pulumi's state is, and the packages that builds install; None where builds find both on their machine."""
    python: str = "3.12"
    """The version of Python that those packages are for."""
    log_retention_days: int = 365
    """How long logs of builds are kept, in days: one of the numbers that CloudWatch Logs knows."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The policy that no role may exceed; None for none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


class ReleaseAutomation(pulumi.ComponentResource):
    """A build project that releases, the EventBridge rules that start it, and the bundle that it runs.

    The build's role changes the serving part of one environment and nothing else: of IAM it has the right to hand on
    the roles of models and monitors. Rules: IAM.1, IAM.21, CKV_AWS_27, CKV_AWS_60 to 63, 286 to 290, 355.
    """

    project_name: pulumi.Output[str]
    """The build project."""
    undelivered_queue_arn: pulumi.Output[str]
    """The queue of approvals that started no build, and of failures that nobody was told of."""
    bundle: aws.s3.BucketObjectv2
    """What builds run."""
    builds: BuildProject
    """The build project, its role and its log group."""
    start_role: aws.iam.Role
    """The role that starts builds."""
    start_policy: aws.iam.RolePolicy
    """What it may do."""
    rules: dict[str, aws.cloudwatch.EventRule]
    """The rules: `approved` and `forwarded` start builds, `failed` tells of those that failed."""
    targets: dict[str, aws.cloudwatch.EventTarget]
    """The rules' targets, by the same names."""
    queue: aws.sqs.Queue
    """The queue of what could not be delivered."""
    queue_policy: aws.sqs.QueuePolicy
    """Who may send to it."""

    def __init__(self, name: str, args: ReleaseAutomationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:ReleaseAutomation", name, {}, opts)
        self._name, self._args = name, args
        self.bundle = self._record()
        self.builds = self._build_project()
        self.start_role, self.start_policy = self._starter()
        self.rules, self.targets = self._rules(), {}
        self.queue, self.queue_policy = undelivered_queue(
            f"{name}-release",
            account=args.placement.account,
            encryption_key_arn=args.encryption_key_arn,
            rules=self.rules.values(),
            tags=args.tags,
            options=pulumi.ResourceOptions(parent=self),
        )
        self._start()
        if args.topic_arn is not None:
            self._target("failed", args.topic_arn)
        self.project_name = self.builds.name
        self.undelivered_queue_arn = self.queue.arn
        self.register_outputs({"project_name": self.project_name, "undelivered_queue_arn": self.undelivered_queue_arn})

    def _record(self) -> aws.s3.BucketObjectv2:
        args = self._args
        return aws.s3.BucketObjectv2(
            f"{self._name}-infrastructure",
            aws.s3.BucketObjectv2Args(
                bucket=args.artifact_bucket,
                key=infrastructure_key(args.bundle.digest),
                source=pulumi.FileAsset(str(args.bundle.file.absolute())),
                kms_key_id=args.encryption_key_arn,
                server_side_encryption="aws:kms",
                bucket_key_enabled=True,
                tags=args.tags,
            ),
            # A build that runs may still read the former one.
            pulumi.ResourceOptions(parent=self, retain_on_delete=True, depends_on=list(args.artifact_bucket_ready)),
        )

    def _build_project(self) -> BuildProject:
        args = self._args
        source = BuildSource(
            bucket_arn=args.artifact_bucket_arn,
            prefix=INFRASTRUCTURE_PREFIX,
            key=infrastructure_key(args.bundle.digest),
        )
        return BuildProject(
            f"{self._name}-release",
            BuildProjectArgs(
                placement=args.placement,
                project_name=f"{self._name}-release",
                description=f"Releases the newest approved version to {args.environment} of {args.project}",
                buildspec=buildspec(args.environment, args.groups, args.state, args.python),
                statements=pulumi.Output.all(
                    key=args.encryption_key_arn, bucket=args.artifact_bucket_arn, roles=args.passed_role_arns
                ).apply(lambda known: release_statements(self._policy_args(**known))),
                encryption_key_arn=args.encryption_key_arn,
                source=source,
                timeout_minutes=TIMEOUT_MINUTES,
                concurrent_build_limit=1,
                log_retention_days=args.log_retention_days,
                permissions_boundary_arn=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _policy_args(self, key: str, bucket: str, roles: Sequence[str]) -> ReleasePolicyArgs:
        args = self._args
        return ReleasePolicyArgs(
            placement=args.placement,
            project=args.project,
            environment=args.environment,
            prefix=self._name,
            names=args.names,
            encryption_key_arn=key,
            artifact_bucket_arn=bucket,
            passed_role_arns=list(dict.fromkeys(roles)),
            state=args.state,
            shared_group_arns=[] if args.forwarded is None else list(args.forwarded.groups.values()),
        )

    def _starter(self) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        args, child = self._args, pulumi.ResourceOptions(parent=self)
        # The names of the rules begin so, and end as the provider chooses.
        rules = [args.placement.arn("events", f"rule/{self._name}-*")]
        role = aws.iam.Role(
            f"{self._name}-release-start",
            aws.iam.RoleArgs(
                description=f"Starts releases to {args.environment} of {args.project}",
                assume_role_policy=trust_policy(args.placement, "events", rules),
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            child,
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-release-start-policy",
            aws.iam.RolePolicyArgs(
                role=role.name, policy=self.builds.arn.apply(lambda arn: document(*start_statements(arn)))
            ),
            child,
        )
        return role, policy

    def _rules(self) -> dict[str, aws.cloudwatch.EventRule]:
        args = self._args
        elsewhere, rules = args.forwarded, {}
        if own := [group for group in args.groups if elsewhere is None or group not in elsewhere.groups]:
            approved = pulumi.Output.from_input(approved_pattern(own))
            rules["approved"] = self._rule("approved", "A model version was approved", approved)
        if elsewhere is not None:
            staged = pulumi.Output.from_input(staged_pattern(list(elsewhere.groups), args.environment))
            rules["forwarded"] = self._rule("forwarded", "A version was approved", staged, elsewhere.bus_name)
        if args.topic_arn is not None:
            pattern = self.builds.name.apply(failed_pattern)
            rules["failed"] = self._rule("release-failed", "A release by itself failed", pattern)
        return rules

    def _rule(
        self, name: str, description: str, pattern: pulumi.Output[str], bus: pulumi.Input[str] | None = None
    ) -> aws.cloudwatch.EventRule:
        return aws.cloudwatch.EventRule(
            f"{self._name}-{name}",
            aws.cloudwatch.EventRuleArgs(
                description=description, event_bus_name=bus, event_pattern=pattern, tags=self._args.tags
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _start(self) -> None:
        # A version of the bundle, and not only its name: whoever could write to its key would have builds run it.
        role_arn = pulumi.Output.all(self.start_role.arn, self.start_policy.id).apply(lambda known: str(known[0]))
        given = aws.cloudwatch.EventTargetInputTransformerArgs(
            input_paths={"group": "$.detail.ModelPackageGroupName"},
            input_template=self.bundle.version_id.apply(build_input),
        )
        for rule in ("approved", "forwarded"):
            if rule in self.rules:
                self._target(rule, self.builds.arn, role_arn=role_arn, input_transformer=given)

    def _target(self, rule: str, arn: pulumi.Input[str], **arguments: Any) -> None:
        self.targets[rule] = aws.cloudwatch.EventTarget(
            f"{self._name}-{rule}-target",
            aws.cloudwatch.EventTargetArgs(
                rule=self.rules[rule].name,
                event_bus_name=self._args.forwarded.bus_name if rule == "forwarded" and self._args.forwarded else None,
                arn=arn,
                retry_policy=aws.cloudwatch.EventTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=RETRY_SECONDS, maximum_retry_attempts=RETRY_ATTEMPTS
                ),
                dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(arn=self.queue.arn),
                **arguments,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[self.queue_policy]),
        )
