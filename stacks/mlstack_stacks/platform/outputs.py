"""What a platform's stack tells its projects and the rest of the world."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pulumi


@dataclass(frozen=True, kw_only=True)
class PlatformOutputs:
    """The outputs of a platform's stack, under the names that they are exported by; None where the part is off."""

    encryption_key_arn: pulumi.Output[str]
    """The ARN of the key that encrypts everything of the platform."""
    vpc_id: pulumi.Output[str] | str | None = None
    """The id of the VPC of all projects' jobs and models."""
    subnet_ids: pulumi.Output[list[str]] | list[str] | None = None
    """The ids of its subnets."""
    security_group_ids: pulumi.Output[list[str]] | list[str] | None = None
    """The ids of the security groups of jobs and models."""
    permissions_boundary_arn: str | None = None
    """The policy that no role may exceed."""
    job_log_group_arns: dict[str, pulumi.Output[str]] | None = None
    """The ARNs of the log groups of jobs, by kind of job."""
    notification_topic_arn: pulumi.Output[str] | None = None
    """The ARN of the topic that hears of the budget."""
    budget_name: pulumi.Output[str] | None = None
    """The name of the account's budget."""
    tracking_server_arn: pulumi.Output[str] | None = None
    """The ARN of the tracking server, which is the tracking URI of MLflow's clients."""
    tracking_bucket_arn: pulumi.Output[str] | None = None
    """The ARN of the bucket of its artifacts."""
    workbench_domain_id: pulumi.Output[str] | None = None
    """The id of the Studio domain."""
    workbench_url: pulumi.Output[str] | None = None
    """Its address, which takes a sign-in through AWS."""
    workbench_role_arns: dict[str, pulumi.Output[str]] | None = None
    """The ARNs of the roles of its profiles, by user."""
    identity_provider_arns: dict[str, pulumi.Output[str]] | None = None
    """The ARNs of the identity providers of CI services, by issuer."""
    deploy_role_arns: dict[str, pulumi.Output[str]] | None = None
    """The ARNs of the roles that deploy, by project as platform.yaml names it."""
    plan_role_arns: dict[str, pulumi.Output[str]] | None = None
    """The ARNs of the roles that only plan."""
    pipeline_role_arns: dict[str, pulumi.Output[str]] | None = None
    """The ARNs of the roles of pipelines of CodePipeline."""
    region: str
    """The region."""
    account: str
    """The account, 12 digits."""

    def as_dict(self) -> dict[str, Any]:
        """The outputs by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
