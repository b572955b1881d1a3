"""Where data scientists work in the cloud: a SageMaker Studio domain, and a profile for each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.policies import trust_policy
from mlstack_components.aws.workbench_policies import allowed_types, app_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement

MIN_IDLE_MINUTES = 60
MAX_IDLE_MINUTES = 525_600
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_IdleSettings.html"""


@dataclass(frozen=True, kw_only=True)
class WorkbenchArgs:
    """What a workbench is made from."""

    placement: Placement
    """The account and region."""
    domain_name: str
    """The domain's name, 1 to 63 letters, digits and hyphens."""
    users: Sequence[str]
    """The names of the profiles, each 1 to 63 letters, digits and hyphens; one a data scientist."""
    vpc_id: pulumi.Input[str]
    """The VPC; nothing of the domain has a way to the internet but through it."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Private subnets of it."""
    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Security groups of it, for notebooks."""
    encryption_key_arn: pulumi.Input[str]
    """The key of home directories and volumes."""
    instance_types: Sequence[str] = ("ml.t3.medium",)
    """The instance types that notebooks may run on; the first is what they run on where nothing is chosen."""
    idle_minutes: int = MIN_IDLE_MINUTES
    """After how many minutes without work a notebook is shut down, 60 to 525,600; its files stay."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The organisation's boundary on what roles may ever do; None where it has none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources, and of the notebooks that are started in the domain."""


class Workbench(pulumi.ComponentResource):
    """A Studio domain within a VPC, encrypted, whose idle notebooks shut down, and a profile with a role a user.

    Rules: SageMaker.1 to .3, CKV_AWS_187. A profile's role may start and stop notebooks of the allowed types in its own
    profile's name, and no more: what else data scientists may do their organisation adds to it.
    """

    domain_id: pulumi.Output[str]
    """The domain's id."""
    url: pulumi.Output[str]
    """The domain's address; it takes a sign-in through AWS."""
    role_arns: dict[str, pulumi.Output[str]]
    """The roles of the profiles, by user."""
    domain: aws.sagemaker.Domain
    """The domain."""
    default_role: aws.iam.Role
    """The role of profiles that have none, which may do nothing."""
    profiles: dict[str, aws.sagemaker.UserProfile]
    """The profiles, by user."""
    policies: dict[str, aws.iam.RolePolicy]
    """What each may do, by user."""
    roles: dict[str, aws.iam.Role]
    """Their roles, by user."""

    def __init__(self, name: str, args: WorkbenchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:Workbench", name, {}, opts)
        self._name, self._args = name, args
        self.default_role = self._role(
            f"{name}-workbench", "Of profiles that have no role of their own: may do nothing"
        )
        self.domain = aws.sagemaker.Domain(
            f"{name}-workbench-domain",
            aws.sagemaker.DomainArgs(
                domain_name=args.domain_name,
                auth_mode="IAM",
                app_network_access_type="VpcOnly",
                vpc_id=args.vpc_id,
                subnet_ids=args.subnet_ids,
                kms_key_id=args.encryption_key_arn,
                default_user_settings=self._settings(),
                # Home directories hold work: they outlive a domain that is deleted by mistake.
                retention_policy=aws.sagemaker.DomainRetentionPolicyArgs(home_efs_file_system="Retain"),
                tag_propagation="ENABLED",
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.domain_id, self.url = self.domain.id, self.domain.url
        self.roles, self.policies, self.profiles = {}, {}, {}
        for user in args.users:
            self._profile(user)
        self.role_arns = {user: role.arn for user, role in self.roles.items()}
        self.register_outputs({"domain_id": self.domain_id, "url": self.url, "role_arns": self.role_arns})

    def _role(self, name: str, description: str) -> aws.iam.Role:
        return aws.iam.Role(
            name,
            aws.iam.RoleArgs(
                assume_role_policy=trust_policy(self._args.placement, "sagemaker"),
                description=description,
                permissions_boundary=self._args.permissions_boundary_arn,
                tags=self._args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _profile(self, user: str) -> None:
        args, name = self._args, f"{self._name}-workbench-{user}"
        self.roles[user] = role = self._role(name, f"The notebooks of {user}")
        self.policies[user] = policy = aws.iam.RolePolicy(
            f"{name}-policy",
            aws.iam.RolePolicyArgs(
                role=role.name,
                policy=pulumi.Output.all(self.domain.id, args.encryption_key_arn).apply(
                    lambda known: app_policy(
                        args.placement, known[0], user, allowed_types(args.instance_types), known[1]
                    )
                ),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.profiles[user] = aws.sagemaker.UserProfile(
            f"{name}-profile",
            aws.sagemaker.UserProfileArgs(
                domain_id=self.domain.id,
                user_profile_name=user,
                user_settings=aws.sagemaker.UserProfileUserSettingsArgs(execution_role=role.arn),
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[policy], delete_before_replace=True),
        )

    def _settings(self) -> aws.sagemaker.DomainDefaultUserSettingsArgs:
        args = self._args
        idle = aws.sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsAppLifecycleManagementIdleSettingsArgs(
            lifecycle_management="ENABLED",
            idle_timeout_in_minutes=args.idle_minutes,
            min_idle_timeout_in_minutes=MIN_IDLE_MINUTES,
            max_idle_timeout_in_minutes=args.idle_minutes,
        )
        lifecycle = aws.sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsAppLifecycleManagementArgs(
            idle_settings=idle
        )
        return aws.sagemaker.DomainDefaultUserSettingsArgs(
            execution_role=self.default_role.arn,
            security_groups=args.security_group_ids,
            # What leaves a notebook by a shared copy of its output leaves the bucket's encryption too.
            sharing_settings=aws.sagemaker.DomainDefaultUserSettingsSharingSettingsArgs(
                notebook_output_option="Disabled"
            ),
            jupyter_lab_app_settings=aws.sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsArgs(
                app_lifecycle_management=lifecycle,
                default_resource_spec=aws.sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsDefaultResourceSpecArgs(
                    instance_type=args.instance_types[0]
                ),
            ),
        )
