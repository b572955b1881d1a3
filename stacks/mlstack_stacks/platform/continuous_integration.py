"""The part `continuous_integration` of platform.yaml: whose pipelines plan and deploy which project."""

from __future__ import annotations

import re
from typing import Annotated

from mlstack_components.aws.continuous_integration_trust import GITLAB_ISSUER
from mlstack_components.errors import quoted
from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import EnvironmentName, ProjectName, once_each, wrong

# Each becomes a part of a subject, in which a wildcard would let others in.
_REPOSITORY = r"[A-Za-z0-9_.@-]+/[A-Za-z0-9_.@-]+"
_GITHUB_ENVIRONMENT = r"[A-Za-z0-9_. /-]{1,255}"
_GITLAB_PROJECT = r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+"
_BRANCH = r"[A-Za-z0-9_./#+=@-]{1,255}"
_URL = r"https://[a-z0-9.-]+(?:/[A-Za-z0-9_.-]+)*"
_AZURE_NAME = r"[A-Za-z0-9_.() -]{1,255}"
_GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_CODE_NAME = r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}"
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_CONNECTION = r"arn:aws[a-z-]*:code(?:star-)?connections:[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}"


def _like(pattern: str, what: str, example: str) -> tuple[AfterValidator, WithJsonSchema]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise wrong(f"{quoted(value)} is not {what}.", f'Such as "{example}".')
        return value

    schema = {"type": "string", "pattern": f"^{pattern}$", "examples": [example]}
    return AfterValidator(check), WithJsonSchema(schema)


Repository = Annotated[str, *_like(_REPOSITORY, "a repository", "acme/weather")]
GitHubEnvironment = Annotated[str, *_like(_GITHUB_ENVIRONMENT, "a deployment environment", "prod")]
GitLabProject = Annotated[str, *_like(_GITLAB_PROJECT, "the path of a project", "acme/ml/weather")]
Branch = Annotated[str, *_like(_BRANCH, "a branch", "main")]
Url = Annotated[str, *_like(_URL, "the URL of a GitLab", "https://gitlab.example.com")]
AzureName = Annotated[str, *_like(_AZURE_NAME, "a name in Azure DevOps", "weather")]
Guid = Annotated[str, *_like(_GUID, "the id of an organization", "6a5c0f1e-1111-4222-8333-444455556666")]
CodeName = Annotated[str, *_like(_CODE_NAME, "the name of a pipeline or build project", "weather-deploy")]
BucketName = Annotated[str, *_like(_BUCKET, "the name of a bucket", "acme-artifacts")]
ConnectionArn = Annotated[
    str,
    *_like(
        _CONNECTION,
        "the ARN of a connection",
        "arn:aws:codeconnections:eu-west-1:111111111111:connection/6a5c0f1e-1111-4222-8333-444455556666",
    ),
]


class GitHub(SpecModel):
    """Jobs of GitHub Actions."""

    repository: Repository
    """Owner and name, as the subject of its tokens has them; with their ids for a repository made since June 2026."""
    environment: GitHubEnvironment | None = None
    """The deployment environment whose jobs deploy; the environment's name by default."""


class GitLab(SpecModel):
    """Jobs of GitLab CI."""

    project: GitLabProject
    """The path of the project."""
    branch: Branch = "main"
    """The protected branch whose pipelines deploy."""
    plan_branches: Annotated[tuple[Branch, ...], Field(max_length=10), AfterValidator(once_each)] = ()
    """The branches whose pipelines plan."""
    url: Url = GITLAB_ISSUER
    """The GitLab's URL."""


class AzureDevOps(SpecModel):
    """Jobs of Azure DevOps."""

    organization: AzureName
    """The organization's name."""
    organization_id: Guid
    """The organization's id."""
    project: AzureName
    """The project's name."""
    service_connection: AzureName
    """The service connection that deploys."""
    plan_service_connection: AzureName | None = None
    """The service connection that plans."""


class CodePipeline(SpecModel):
    """Builds of AWS CodeBuild, and the pipeline of AWS CodePipeline that starts them."""

    build_project: CodeName
    """The CodeBuild project that deploys."""
    plan_project: CodeName | None = None
    """The CodeBuild project that plans."""
    pipeline: CodeName | None = None
    """The pipeline."""
    artifact_bucket: BucketName | None = None
    """The bucket of the pipeline's artifacts."""
    connection: ConnectionArn | None = None
    """The connection to the source."""


class DeployedProject(SpecModel):
    """One environment of a project, and the one CI service that deploys it."""

    project: ProjectName | None = None
    """The project's name in its mlstack.yaml; the key itself by default."""
    environment: EnvironmentName | None = None
    """The environment's name in it; that of the platform's environment by default."""
    github: GitHub | None = None
    gitlab: GitLab | None = None
    azure_devops: AzureDevOps | None = None
    codepipeline: CodePipeline | None = None

    @model_validator(mode="after")
    def _one_service(self) -> DeployedProject:
        services = ("github", "gitlab", "azure_devops", "codepipeline")
        given = [f"`{name}`" for name in services if getattr(self, name) is not None]
        if not given:
            raise wrong("says no CI service.", "Add `github: {repository: acme/weather}`.")
        if len(given) > 1:
            raise wrong(f"is deployed by one CI service, not by {' and '.join(given)}.", "Remove one.")
        return self
