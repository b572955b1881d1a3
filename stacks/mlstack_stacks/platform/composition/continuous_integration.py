"""The part `continuous_integration`: the identities of the pipelines that plan and deploy the projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws import continuous_integration_trust as services
from mlstack_components.aws.continuous_integration import (
    ContinuousIntegration,
    ContinuousIntegrationArgs,
    Deployment,
)

from mlstack_stacks.naming import Names

if TYPE_CHECKING:
    from mlstack_components.aws.continuous_integration_trust import OpenIdConnectService

    from mlstack_stacks.platform.composition.environment import PlatformEnvironment
    from mlstack_stacks.platform.continuous_integration import DeployedProject


def declare(projects: dict[str, DeployedProject], environment: PlatformEnvironment) -> dict[str, Any]:
    """Declares the identity providers and the roles.

    Args:
        projects: The specification's part.
        environment: The platform's environment.

    Returns:
        The outputs, by name.
    """
    spec = environment.spec
    identities = ContinuousIntegration(
        environment.prefix,
        ContinuousIntegrationArgs(
            placement=environment.placement,
            deployments={key: _deployment(key, entry, spec.environment) for key, entry in projects.items()},
            provider_arns=spec.identity_providers or {},
            permissions_boundary_arn=environment.boundary,
            state_bucket=None if spec.state is None else spec.state.bucket,
            state_key_arn=None if spec.state is None else spec.state.key,
            tags=environment.tags,
        ),
        environment.options,
    )
    return {
        "identity_provider_arns": identities.provider_arns,
        "deploy_role_arns": identities.deploy_role_arns,
        "plan_role_arns": identities.plan_role_arns,
        "pipeline_role_arns": identities.pipeline_role_arns,
    }


def _deployment(key: str, entry: DeployedProject, environment: str) -> Deployment:
    names = Names(entry.project or key, entry.environment or environment)
    return Deployment(
        project=names.project,
        environment=names.environment,
        prefix=names.resource_prefix,
        names=names.beginnings,
        service=_service(entry, names.environment),
    )


def _service(entry: DeployedProject, environment: str) -> OpenIdConnectService | services.CodePipeline:
    if entry.github is not None:
        named = entry.github.environment or environment
        return services.GitHubActions(repository=entry.github.repository, environment=named)
    if entry.gitlab is not None:
        gitlab = entry.gitlab
        return services.GitLabCI(
            project=gitlab.project, branch=gitlab.branch, plan_branches=gitlab.plan_branches, issuer=gitlab.url
        )
    if entry.azure_devops is not None:
        return services.AzureDevOps(**entry.azure_devops.model_dump())
    assert entry.codepipeline is not None  # noqa: S101 - the specification has one of the four
    given = entry.codepipeline.model_dump()
    return services.CodePipeline(connection_arn=given.pop("connection"), **given)
