"""The identities of continuous integration: jobs deploy with short-lived keys of a role, and keep none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.continuous_integration_trust import CodePipeline, federated_trust
from mlstack_components.aws.deployment_policies import (
    MOST_CHARACTERS,
    MOST_CHARACTERS_INLINE,
    DeploymentPolicyArgs,
    deploy_policies,
    plan_policy,
)
from mlstack_components.aws.deployment_role import ROLE_PATH, deploy_role_name
from mlstack_components.aws.policies import document, statement, trust_policy
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.continuous_integration_trust import OpenIdConnectService
    from mlstack_components.aws.placement import Placement


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One environment of a project that is deployed by continuous integration."""

    project: str
    """The project's name."""
    environment: str
    """The environment's name."""
    prefix: str
    """What the names that are made up for its resources begin with, at most 40 characters; it ends the roles' names."""
    names: tuple[str, ...]
    """What the names begin with that are chosen for pipeline, model package group, endpoint and feature groups."""
    service: OpenIdConnectService | CodePipeline
    """Whose jobs deploy it."""


@dataclass(frozen=True, kw_only=True)
class ContinuousIntegrationArgs:
    """What the identities are made from."""

    placement: Placement
    """The account and region."""
    deployments: Mapping[str, Deployment]
    """What is deployed, by logical names."""
    provider_arns: Mapping[str, str] = field(default_factory=dict)
    """Identity providers that the account has already, by issuer: an account has one of each, and none is made then."""
    permissions_boundary_arn: str | None = None
    """The boundary of these roles, and of every role that they make; None where the organisation has none."""
    state_bucket: str | None = None
    """The bucket of Pulumi's state; None where the state is elsewhere."""
    state_key_arn: str | None = None
    """The key of that bucket; None for S3's own."""
    max_session_hours: int = 1
    """How long keys of a role are good, 1 to 12 hours; a deployment must end before."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


class ContinuousIntegration(pulumi.ComponentResource):
    """An OpenID Connect provider a CI service, and two roles a deployment: one that deploys, one that only plans.

    Each role trusts one repository and environment, without a wildcard. Rules: IAM.1, IAM.21, CKV_AWS_60 to 63, 286 to
    290, 355, 358, 393.
    """

    provider_arns: dict[str, pulumi.Output[str]]
    """The ARN of each identity provider, by issuer."""
    deploy_role_arns: dict[str, pulumi.Output[str]]
    """The ARN of the role that deploys, by the deployment's logical name; known when the role's rights are there."""
    plan_role_arns: dict[str, pulumi.Output[str]]
    """The ARN of the role that plans, where the CI service has jobs that only plan."""
    pipeline_role_arns: dict[str, pulumi.Output[str]]
    """The ARN of the role of the pipeline of CodePipeline, where there is one."""
    providers: dict[str, aws.iam.OpenIdConnectProvider]
    """The identity providers that are made, by issuer."""
    roles: dict[str, aws.iam.Role]
    """All roles, by their names."""
    policies: dict[str, list[aws.iam.RolePolicy]]
    """What they may do, by the role's name; more of the roles that deploy is in `managed_policies`."""
    managed_policies: dict[str, list[aws.iam.Policy]]
    """What the roles that deploy may do, by the role's name."""
    attachments: dict[str, list[aws.iam.RolePolicyAttachment]]
    """That they may do it, likewise."""

    def __init__(self, name: str, args: ContinuousIntegrationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:ContinuousIntegration", name, {}, opts)
        self._name, self._args = name, args
        self.providers, self.roles, self.policies, self.managed_policies, self.attachments = {}, {}, {}, {}, {}
        self.provider_arns = self._identity_providers()
        self.deploy_role_arns, self.plan_role_arns, self.pipeline_role_arns = {}, {}, {}
        for key, deployment in args.deployments.items():
            self._roles(key, deployment)
        self.register_outputs(
            {
                "provider_arns": self.provider_arns,
                "deploy_role_arns": self.deploy_role_arns,
                "plan_role_arns": self.plan_role_arns,
                "pipeline_role_arns": self.pipeline_role_arns,
            }
        )

    def _identity_providers(self) -> dict[str, pulumi.Output[str]]:
        audiences: dict[str, set[str]] = {}
        for deployment in self._args.deployments.values():
            if not isinstance(deployment.service, CodePipeline):
                audiences.setdefault(deployment.service.issuer, set()).add(deployment.service.audience)
        return {issuer: self._provider_of(issuer, sorted(audiences[issuer])) for issuer in sorted(audiences)}

    def _provider_of(self, issuer: str, audiences: list[str]) -> pulumi.Output[str]:
        given = self._args.provider_arns.get(issuer)
        if given is not None:
            return pulumi.Output.from_input(given)
        host = issuer.removeprefix("https://").replace("/", "-")
        self.providers[issuer] = provider = aws.iam.OpenIdConnectProvider(
            f"{self._name}-{host}",
            aws.iam.OpenIdConnectProviderArgs(url=issuer, client_id_lists=audiences, tags=self._args.tags),
            pulumi.ResourceOptions(parent=self),
        )
        return provider.arn

    def _roles(self, key: str, deployment: Deployment) -> None:
        policies = _policy_args(self._args, deployment)
        deploys, plans = self._trusts(deployment)
        name = deployment.prefix
        what = f"{deployment.project} in {deployment.environment}"
        service, rights = deployment.service, {}
        if isinstance(service, CodePipeline):
            rights["build"] = _build_policy(self._args.placement, service, service.build_project)
        self.deploy_role_arns[key] = self._role(
            key,
            deploy_role_name(name),
            f"Deploys {what}",
            deploys,
            inline=rights,
            managed=deploy_policies(policies),
        )
        if plans is not None:
            rights = {"read": plan_policy(policies)}
            if isinstance(service, CodePipeline) and service.plan_project is not None:
                rights["build"] = _build_policy(self._args.placement, service, service.plan_project)
            self.plan_role_arns[key] = self._role(key, f"mlstack-plan-{name}", f"Plans {what}", plans, inline=rights)
        if isinstance(service, CodePipeline) and service.pipeline is not None:
            trust = _service_trust(self._args.placement, "codepipeline", service.pipeline)
            rights = {"start": _pipeline_policy(self._args.placement, service)}
            role = self._role(
                key,
                f"mlstack-pipeline-{name}",
                f"Starts builds of {what}",
                pulumi.Output.from_input(trust),
                inline=rights,
            )
            self.pipeline_role_arns[key] = role

    def _trusts(self, deployment: Deployment) -> tuple[pulumi.Output[str], pulumi.Output[str] | None]:
        """Who may deploy, and who may plan; None where nobody can be told apart who only plans."""
        service, placement = deployment.service, self._args.placement
        if isinstance(service, CodePipeline):
            projects = (service.build_project, service.plan_project)
            deploys, plans = (
                None if each is None else _service_trust(placement, "codebuild", each) for each in projects
            )
            return pulumi.Output.from_input(str(deploys)), None if plans is None else pulumi.Output.from_input(plans)
        provider = self.provider_arns[service.issuer]
        issuer, audience, subjects = service.issuer, service.audience, service.plan_subjects
        deploy_subjects = service.deploy_subjects
        return (
            provider.apply(lambda arn: federated_trust(arn, issuer, audience, deploy_subjects)),
            provider.apply(lambda arn: federated_trust(arn, issuer, audience, subjects)) if subjects else None,
        )

    def _role(
        self,
        key: str,
        role_name: str,
        description: str,
        trust: pulumi.Output[str],
        *,
        inline: dict[str, str],
        managed: dict[str, str] | None = None,
    ) -> pulumi.Output[str]:
        managed = managed or {}
        fits = max((len(policy) for policy in managed.values()), default=0) <= MOST_CHARACTERS
        if not fits or sum(map(len, inline.values())) > MOST_CHARACTERS_INLINE:
            raise UserError(f"The names of {description} are too long for the policies of one role.")
        logical_name = f"{self._name}-{key}-{role_name.split('-')[1]}"
        child = pulumi.ResourceOptions(parent=self)
        self.roles[role_name] = role = aws.iam.Role(
            logical_name,
            aws.iam.RoleArgs(
                # Workflows name the role that they assume, so its name is chosen and not made up.
                name=role_name,
                path=ROLE_PATH,
                assume_role_policy=trust,
                description=description,
                max_session_duration=self._args.max_session_hours * 3600,
                permissions_boundary=self._args.permissions_boundary_arn,
                tags=self._args.tags,
            ),
            child,
        )
        self.policies[role_name] = made = [
            aws.iam.RolePolicy(
                f"{logical_name}-{what}",
                aws.iam.RolePolicyArgs(role=role.name, name=what, policy=policy),
                child,
            )
            for what, policy in inline.items()
        ]
        attached = [self._attached(logical_name, role_name, what, policy) for what, policy in managed.items()]
        rights = [*(policy.id for policy in made), *(attachment.id for attachment in attached)]
        return pulumi.Output.all(role.arn, *rights).apply(lambda known: str(known[0]))

    def _attached(self, logical_name: str, role_name: str, what: str, document: str) -> aws.iam.RolePolicyAttachment:
        """A managed policy of one role: its inline policies have too few characters for all of its rights."""
        child = pulumi.ResourceOptions(parent=self)
        policy = aws.iam.Policy(
            f"{logical_name}-{what}",
            # At the path of the roles, out of their reach.
            aws.iam.PolicyArgs(name=f"{role_name}-{what}", path=ROLE_PATH, policy=document, tags=self._args.tags),
            child,
        )
        self.managed_policies.setdefault(role_name, []).append(policy)
        attachment = aws.iam.RolePolicyAttachment(
            f"{logical_name}-{what}",
            aws.iam.RolePolicyAttachmentArgs(role=self.roles[role_name].name, policy_arn=policy.arn),
            child,
        )
        self.attachments.setdefault(role_name, []).append(attachment)
        return attachment


def _policy_args(args: ContinuousIntegrationArgs, deployment: Deployment) -> DeploymentPolicyArgs:
    return DeploymentPolicyArgs(
        placement=args.placement,
        project=deployment.project,
        environment=deployment.environment,
        prefix=deployment.prefix,
        names=deployment.names,
        permissions_boundary_arn=args.permissions_boundary_arn,
        state_bucket=args.state_bucket,
        state_key_arn=args.state_key_arn,
    )


def _service_trust(placement: Placement, service: str, resource: str) -> str:
    """Who may assume the role of a build project or a pipeline: that one alone."""
    name = f"project/{resource}" if service == "codebuild" else resource
    return trust_policy(placement, service, [placement.arn(service, name)])


def _build_policy(placement: Placement, service: CodePipeline, project: str) -> str:
    group = placement.arn("logs", f"log-group:/aws/codebuild/{project}")
    logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    statements = [statement("WriteLogs", logs, [group, f"{group}:*"])]
    if service.artifact_bucket is not None:
        objects = f"arn:{placement.partition}:s3:::{service.artifact_bucket}/*"
        statements.append(statement("UseArtifacts", ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], objects))
    return document(*statements)


def _pipeline_policy(placement: Placement, service: CodePipeline) -> str:
    projects = [each for each in (service.build_project, service.plan_project) if each is not None]
    builds = [placement.arn("codebuild", f"project/{project}") for project in projects]
    statements = [statement("StartBuilds", ["codebuild:BatchGetBuilds", "codebuild:StartBuild"], builds)]
    if service.artifact_bucket is not None:
        bucket = f"arn:{placement.partition}:s3:::{service.artifact_bucket}"
        statements += [
            statement("FindArtifacts", ["s3:GetBucketLocation", "s3:GetBucketVersioning"], bucket),
            statement("UseArtifacts", ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], f"{bucket}/*"),
        ]
    if service.connection_arn is not None:
        actions = ["codeconnections:UseConnection", "codestar-connections:UseConnection"]
        statements.append(statement("ReadSource", actions, service.connection_arn))
    return document(*statements)
