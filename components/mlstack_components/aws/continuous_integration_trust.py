"""Whose pipelines may assume a role: the issuer, audience and subjects of each CI service, and trust policies, pure.

A subject names one repository and one environment, branch or service connection, and never has a wildcard in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mlstack_components.aws.policies import document, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
GITLAB_ISSUER = "https://gitlab.com"


class OpenIdConnectService(Protocol):
    """A CI service that signs tokens for its jobs."""

    @property
    def issuer(self) -> str:
        """The URL of the identity provider, with `https://`."""

    @property
    def audience(self) -> str:
        """The claim `aud` of its tokens."""

    @property
    def deploy_subjects(self) -> tuple[str, ...]:
        """The claims `sub` of jobs that deploy."""

    @property
    def plan_subjects(self) -> tuple[str, ...]:
        """The claims `sub` of jobs that only plan; empty where the service can't tell them apart."""


@dataclass(frozen=True, kw_only=True)
class GitHubActions:
    """Jobs of GitHub Actions.

    https://docs.github.com/en/actions/reference/security/oidc
    """

    repository: str
    """Owner and name, such as `acme/weather`."""
    environment: str
    """The deployment environment of the repository whose jobs deploy; its protection rules say who starts them."""

    @property
    def issuer(self) -> str:
        """GitHub's own."""
        return GITHUB_ISSUER

    @property
    def audience(self) -> str:
        """What the action `aws-actions/configure-aws-credentials` asks for."""
        return "sts.amazonaws.com"

    @property
    def deploy_subjects(self) -> tuple[str, ...]:
        """Jobs with this `environment:`."""
        return (f"repo:{self.repository}:environment:{self.environment}",)

    @property
    def plan_subjects(self) -> tuple[str, ...]:
        """Jobs of pull requests without an environment; GitHub gives none to pull requests of forks."""
        return (f"repo:{self.repository}:pull_request",)


@dataclass(frozen=True, kw_only=True)
class GitLabCI:
    """Jobs of GitLab CI.

    https://docs.gitlab.com/ci/cloud_services/aws/
    """

    project: str
    """The path of the project, such as `acme/ml/weather`."""
    branch: str
    """The branch whose pipelines deploy; protect it."""
    plan_branches: tuple[str, ...] = ()
    """The branches whose pipelines plan. A merge request's pipeline has its own branch as subject, so those of all
    branches can't be meant without a wildcard."""
    issuer: str = GITLAB_ISSUER
    """The URL of the GitLab."""

    @property
    def audience(self) -> str:
        """What a job writes as `aud` of its `id_tokens`: the GitLab's URL, as its documentation does."""
        return self.issuer

    @property
    def deploy_subjects(self) -> tuple[str, ...]:
        """Jobs of the branch."""
        return (self._subject(self.branch),)

    @property
    def plan_subjects(self) -> tuple[str, ...]:
        """Jobs of the branches that plan."""
        return tuple(self._subject(branch) for branch in self.plan_branches)

    def _subject(self, branch: str) -> str:
        return f"project_path:{self.project}:ref_type:branch:ref:{branch}"


@dataclass(frozen=True, kw_only=True)
class AzureDevOps:
    """Jobs of Azure DevOps, by the service connection that they use.

    https://aws.amazon.com/blogs/modernizing-with-aws/how-to-federate-into-aws-from-azure-devops-using-openid-connect/
    """

    organization: str
    """The organization's name."""
    organization_id: str
    """Its GUID, which its issuer is named by."""
    project: str
    """The project's name."""
    service_connection: str
    """The service connection that deploys; its approvals and checks say who may use it."""
    plan_service_connection: str | None = None
    """The service connection that plans; None where none does."""

    @property
    def issuer(self) -> str:
        """The organization's own."""
        return f"https://vstoken.dev.azure.com/{self.organization_id}"

    @property
    def audience(self) -> str:
        """The same for all service connections."""
        return "api://AzureADTokenExchange"

    @property
    def deploy_subjects(self) -> tuple[str, ...]:
        """Jobs with the connection that deploys."""
        return (self._subject(self.service_connection),)

    @property
    def plan_subjects(self) -> tuple[str, ...]:
        """Jobs with the connection that plans."""
        return () if self.plan_service_connection is None else (self._subject(self.plan_service_connection),)

    def _subject(self, connection: str) -> str:
        return f"sc://{self.organization}/{self.project}/{connection}"


@dataclass(frozen=True, kw_only=True)
class CodePipeline:
    """Builds of CodeBuild, which a pipeline of CodePipeline may start."""

    build_project: str
    """The CodeBuild project that deploys."""
    plan_project: str | None = None
    """The CodeBuild project that plans; None where none does."""
    pipeline: str | None = None
    """The pipeline that starts them and gets a role for it; None where none does."""
    artifact_bucket: str | None = None
    """The bucket of the pipeline's artifacts."""
    connection_arn: str | None = None
    """The connection to the source (CodeConnections); None where the source needs none."""


def federated_trust(provider_arn: str, issuer: str, audience: str, subjects: Sequence[str]) -> str:
    """Return the trust policy of a role that a CI service's jobs assume.

    Args:
        provider_arn: The identity provider's ARN in IAM.
        issuer: Its URL, with `https://`.
        audience: The audience of its tokens.
        subjects: The subjects of the jobs, without wildcards.

    Raises:
        ValueError: A subject has a wildcard or is empty, or there is none.
    """
    if not subjects or any(not subject or set(subject) & set("*?") for subject in subjects):
        raise ValueError(f"subjects must name single repositories: {subjects}")
    provider = issuer.removeprefix("https://")
    return document(
        statement(
            "AssumedByPipeline",
            ["sts:AssumeRoleWithWebIdentity"],
            principal={"Federated": provider_arn},
            condition={"StringEquals": {f"{provider}:aud": audience, f"{provider}:sub": list(subjects)}},
        )
    )
