"""The roles that jobs run under: one a kind, each with the rights of its kind and no others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.job_policies import job_policy
from mlstack_components.aws.job_policy_args import JobKind, JobPolicyArgs
from mlstack_components.aws.policies import trust_policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_components.aws.network import NetworkInput
    from mlstack_components.aws.placement import Placement
    from mlstack_components.aws.read_policies import ReadPrefix
    from mlstack_components.aws.shared_versions import SharedVersions
    from mlstack_components.aws.tracking_access import TrackingInput
    from mlstack_components.aws.transform_access import TransformAccess

__all__ = ["JobKind", "JobRoles", "JobRolesArgs"]

_DESCRIPTIONS = {
    JobKind.PROCESSING: "Prepares data and evaluates models",
    JobKind.TRAINING: "Trains models",
    JobKind.PIPELINE: "Starts the jobs of the training pipeline and registers models",
    JobKind.SERVING: "Serves the released model",
    JobKind.MONITORING: "Compares what the model gets with its baseline",
}
_RUN_BY_PIPELINE = (JobKind.PROCESSING, JobKind.TRAINING)


@dataclass(frozen=True, kw_only=True)
class JobRolesArgs:
    """What the roles are made from."""

    placement: Placement
    """The account and region."""
    kinds: frozenset[JobKind]
    """The kinds of work that the project has; no others get a role."""
    encryption_key_arn: pulumi.Input[str]
    """The environment's key."""
    data_bucket_arn: pulumi.Input[str]
    """The bucket of the data."""
    artifact_bucket_arn: pulumi.Input[str]
    """The bucket of code, models and reports."""
    image_repository_arns: Sequence[pulumi.Input[str]] = ()
    """The ECR repositories of the images in use."""
    pipeline_name: str | None = None
    """The pipeline, whose folder the jobs write to; None where there is none."""
    model_package_group_name: str | None = None
    """The group that versions are registered in; None where nothing is registered."""
    endpoint_name: str | None = None
    """The endpoint; None where nothing is served."""
    ground_truth: bool = False
    """Whether monitors read the labels of the endpoint's calls."""
    capture: bool = False
    """Whether the endpoint's calls are kept in the data bucket."""
    asynchronous: bool = False
    """Whether the endpoint reads its calls' inputs from the data bucket and writes their answers there."""
    told_topic_arn: pulumi.Input[str] | None = None
    """The topic that the endpoint tells of its calls' answers or failures; None where it tells nobody."""
    network: NetworkInput | None = None
    """The VPC of jobs and models; None for SageMaker's own network."""
    log_group_arns: pulumi.Input[dict[str, str]] | None = None
    """The log groups of jobs by kind, `processing` and `training`, where somebody has made them; None for those of the
    names that SageMaker chose."""
    tuning: bool = False
    """Whether the pipeline tunes hyperparameters."""
    checkpoints: bool = False
    """Whether training keeps checkpoints."""
    secrets: Mapping[JobKind, Sequence[str]] = field(default_factory=dict)
    """The names of the secrets in Secrets Manager that the jobs of a kind may read."""
    reads: Mapping[JobKind, Sequence[ReadPrefix]] = field(default_factory=dict)
    """Prefixes of other buckets that the jobs of a kind read."""
    shared_versions: SharedVersions | None = None
    """Where the versions lie that are served, where another environment has registered them."""
    tracking: TrackingInput | None = None
    """Where training records its runs; nowhere where None."""
    transform: TransformAccess | None = None
    """What batches of predictions read and write; None where the model serves calls."""
    role_arns: Mapping[JobKind, str] = field(default_factory=dict)
    """Roles that are there already, by kind: none is made, and what these may do is their owner's business."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The organisation's boundary on what roles may ever do; None where it has none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the roles."""


class JobRoles(pulumi.ComponentResource):
    """One role a kind of work, assumed by SageMaker on behalf of this account only.

    Rules: IAM.1, IAM.21, CKV_AWS_60 to 63, 286 to 290, 355.
    """

    arns: dict[JobKind, pulumi.Output[str]]
    """The ARN of each role, by kind. An ARN is known only when the role's rights are there."""
    roles: dict[JobKind, aws.iam.Role]
    """The roles that are made, by kind; not those that were there already."""
    policies: dict[JobKind, aws.iam.RolePolicy]
    """What they may do, by kind."""

    def __init__(self, name: str, args: JobRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:JobRoles", name, {}, opts)
        self.arns, self.roles, self.policies = {}, {}, {}
        # In the enumeration's order: the pipeline's rights name the roles of its jobs, which come first.
        for kind in (kind for kind in JobKind if kind in args.kinds):
            given = args.role_arns.get(kind)
            self.arns[kind] = self._role(name, kind, args) if given is None else pulumi.Output.from_input(given)
        self.register_outputs({f"{kind}_role_arn": arn for kind, arn in self.arns.items()})

    def arn(self, kind: JobKind) -> pulumi.Output[str]:
        """Return the ARN of a kind's role.

        Args:
            kind: The kind of work.

        Raises:
            KeyError: If the project has no such work.
        """
        return self.arns[kind]

    def _role(self, name: str, kind: JobKind, args: JobRolesArgs) -> pulumi.Output[str]:
        self.roles[kind] = role = aws.iam.Role(
            f"{name}-{kind}",
            aws.iam.RoleArgs(
                assume_role_policy=trust_policy(args.placement, "sagemaker"),
                description=_DESCRIPTIONS[kind],
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.policies[kind] = policy = aws.iam.RolePolicy(
            f"{name}-{kind}-policy",
            aws.iam.RolePolicyArgs(role=role.name, policy=self._policy(kind, args)),
            pulumi.ResourceOptions(parent=self),
        )
        # A job that starts before its role has rights fails, so who uses the ARN also waits for the policy.
        return pulumi.Output.all(role.arn, policy.id).apply(lambda known: str(known[0]))

    def _policy(self, kind: JobKind, args: JobRolesArgs) -> pulumi.Output[str]:
        passable = [self.arns[job] for job in _RUN_BY_PIPELINE if job in self.arns] if kind is JobKind.PIPELINE else []

        def write(known: dict[str, Any]) -> str:
            return job_policy(
                kind,
                JobPolicyArgs(
                    placement=args.placement,
                    encryption_key_arn=known["key"],
                    data_bucket_arn=known["data"],
                    artifact_bucket_arn=known["artifacts"],
                    image_repository_arns=tuple(known["images"]),
                    passable_role_arns=tuple(known["passable"]),
                    pipeline_name=args.pipeline_name,
                    model_package_group_name=args.model_package_group_name,
                    endpoint_name=args.endpoint_name,
                    ground_truth=args.ground_truth,
                    capture=args.capture,
                    asynchronous=args.asynchronous,
                    told_topic_arn=known["topic"],
                    tuning=args.tuning,
                    checkpoints=args.checkpoints,
                    network=known["network"],
                    log_group_arns=known["log_groups"] or {},
                    secrets=tuple(args.secrets.get(kind, ())),
                    reads=tuple(args.reads.get(kind, ())),
                    shared_versions=args.shared_versions,
                    tracking=known["tracking"],
                    transform=args.transform,
                ),
            )

        inputs: dict[str, Any] = {
            "key": args.encryption_key_arn,
            "data": args.data_bucket_arn,
            "artifacts": args.artifact_bucket_arn,
            "images": pulumi.Output.all(*args.image_repository_arns),
            "passable": pulumi.Output.all(*passable),
            "network": args.network,
            "topic": args.told_topic_arn,
            "tracking": args.tracking if kind is JobKind.TRAINING else None,
            "log_groups": args.log_group_arns,
        }
        return pulumi.Output.all(**inputs).apply(write)
