"""Identities of continuous integration: whom each role trusts, and what it may do, evaluated."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlstack_components.aws.continuous_integration import (
    ContinuousIntegration,
    ContinuousIntegrationArgs,
    Deployment,
)
from mlstack_components.aws.continuous_integration_trust import (
    AzureDevOps,
    CodePipeline,
    GitHubActions,
    GitLabCI,
    federated_trust,
)
from mlstack_components.aws.deployment_actions import READS, WRITES
from mlstack_components.aws.deployment_policies import (
    MOST_CHARACTERS,
    MOST_CHARACTERS_INLINE,
    MOST_POLICIES,
    DeploymentPolicyArgs,
    deploy_policies,
    plan_policy,
)
from mlstack_components.aws.placement import Placement
from mlstack_components.errors import UserError
from mlstack_localcloud.server.authorization.context import Context
from mlstack_localcloud.server.authorization.evaluate import Policies, Principal, reason_to_refuse
from mlstack_stacks.naming import Names

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Declaration

BOUNDARY = "arn:aws:iam::111111111111:policy/boundary"
GUID = "6a5c0f1e-1111-4222-8333-444455556666"
GITHUB = GitHubActions(repository="acme/weather", environment="prod")
SERVICES = {
    "github": GITHUB,
    "gitlab": GitLabCI(project="acme/ml/weather", branch="main", plan_branches=("next",)),
    "azure": AzureDevOps(
        organization="acme",
        organization_id=GUID,
        project="ML weather",
        service_connection="aws-prod",
        plan_service_connection="aws-prod-plan",
    ),
}
SUBJECTS = {
    "github": ("repo:acme/weather:environment:prod", "repo:acme/weather:pull_request"),
    "gitlab": (
        "project_path:acme/ml/weather:ref_type:branch:ref:main",
        "project_path:acme/ml/weather:ref_type:branch:ref:next",
    ),
    "azure": ("sc://acme/ML weather/aws-prod", "sc://acme/ML weather/aws-prod-plan"),
}
AUDIENCES = {"github": "sts.amazonaws.com", "gitlab": "https://gitlab.com", "azure": "api://AzureADTokenExchange"}
ISSUERS = {
    "github": "token.actions.githubusercontent.com",
    "gitlab": "gitlab.com",
    "azure": f"vstoken.dev.azure.com/{GUID}",
}


def deployment(service: Any, name: str = "weather-prod") -> Deployment:
    return Deployment(project="weather", environment="prod", prefix=name, names=(name,), service=service)


@pytest.fixture
def args(placement: Placement) -> ContinuousIntegrationArgs:
    return ContinuousIntegrationArgs(placement=placement, deployments={"weather": deployment(GITHUB)})


@pytest.fixture
def declare_ci(declare: Callable[..., Declaration]) -> Callable[[ContinuousIntegrationArgs], Declaration]:
    def run(given: ContinuousIntegrationArgs) -> Declaration:
        def program() -> Any:
            made = ContinuousIntegration("acme-prod", given)
            return [*made.deploy_role_arns.values(), *made.plan_role_arns.values(), *made.pipeline_role_arns.values()]

        return declare(program)

    return run


def _roles(declared: Declaration) -> dict[str, dict[str, Any]]:
    return {each.inputs["name"]: each.inputs for each in declared.all("aws:iam/role:Role")}


@pytest.mark.parametrize("kind", SERVICES)
def test_a_role_trusts_one_repository_and_environment(declare_ci, args, kind) -> None:
    declared = declare_ci(dataclasses.replace(args, deployments={"weather": deployment(SERVICES[kind])}))
    roles = _roles(declared)
    assert set(roles) == {"mlstack-deploy-weather-prod", "mlstack-plan-weather-prod"}
    for role, subject in zip(("deploy", "plan"), SUBJECTS[kind], strict=True):
        document = json.loads(roles[f"mlstack-{role}-weather-prod"]["assumeRolePolicy"])
        (statement,) = document["Statement"]
        assert statement["Action"] == ["sts:AssumeRoleWithWebIdentity"]
        assert list(statement["Principal"]) == ["Federated"]
        assert statement["Condition"] == {
            "StringEquals": {f"{ISSUERS[kind]}:aud": AUDIENCES[kind], f"{ISSUERS[kind]}:sub": [subject]}
        }
    provider = declared.one("aws:iam/openIdConnectProvider:OpenIdConnectProvider").inputs
    assert (provider["url"], provider["clientIdLists"]) == (f"https://{ISSUERS[kind]}", [AUDIENCES[kind]])


def test_an_account_has_one_provider_a_service_and_may_have_it_already(declare_ci, args) -> None:
    twice = {"a": deployment(GITHUB, "a-prod"), "b": deployment(GITHUB, "b-prod")}
    declared = declare_ci(dataclasses.replace(args, deployments=twice))
    assert len(declared.all("aws:iam/openIdConnectProvider:OpenIdConnectProvider")) == 1
    known = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
    given = {GITHUB.issuer: known}
    declared = declare_ci(dataclasses.replace(args, deployments=twice, provider_arns=given))
    assert declared.all("aws:iam/openIdConnectProvider:OpenIdConnectProvider") == []
    trusts = [json.loads(role["assumeRolePolicy"])["Statement"][0] for role in _roles(declared).values()]
    assert [each["Principal"]["Federated"] for each in trusts] == [known] * 4


@pytest.mark.parametrize("subjects", [(), ("",), ("repo:acme/*:pull_request",), ("repo:acme/weathe?",)])
def test_a_subject_has_no_wildcard(subjects) -> None:
    with pytest.raises(ValueError, match="single repositories"):
        federated_trust("arn", "https://issuer", "audience", subjects)


def test_who_cannot_be_told_apart_gets_no_role_that_plans(declare_ci, args) -> None:
    gitlab = deployment(GitLabCI(project="acme/weather", branch="main"))
    assert set(_roles(declare_ci(dataclasses.replace(args, deployments={"w": gitlab})))) == {
        "mlstack-deploy-weather-prod"
    }


def test_codebuild_and_codepipeline_are_trusted_by_their_own_arns(declare_ci, args) -> None:
    service = CodePipeline(build_project="up", plan_project="look", pipeline="weather", artifact_bucket="artifacts")
    declared = declare_ci(dataclasses.replace(args, deployments={"w": deployment(service)}))
    sources = {
        "mlstack-deploy-weather-prod": ("codebuild", "codebuild:eu-west-1:111111111111:project/up"),
        "mlstack-plan-weather-prod": ("codebuild", "codebuild:eu-west-1:111111111111:project/look"),
        "mlstack-pipeline-weather-prod": ("codepipeline", "codepipeline:eu-west-1:111111111111:weather"),
    }
    roles = _roles(declared)
    assert set(roles) == set(sources)
    for name, (principal, arn) in sources.items():
        (statement,) = json.loads(roles[name]["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": f"{principal}.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}
        assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": [f"arn:aws:{arn}"]}
    assert declared.all("aws:iam/openIdConnectProvider:OpenIdConnectProvider") == []


def test_the_boundary_bounds_these_roles_too(declare_ci, args) -> None:
    roles = _roles(declare_ci(dataclasses.replace(args, permissions_boundary_arn=BOUNDARY)))
    assert {role["permissionsBoundary"] for role in roles.values()} == {BOUNDARY}


# What the policies allow.
PLACEMENT = Placement("000000000000", "us-east-1")
ARGS = DeploymentPolicyArgs(
    placement=PLACEMENT,
    project="weather",
    environment="prod",
    prefix="weather-prod",
    names=("weather-prod",),
    permissions_boundary_arn=BOUNDARY,
    state_bucket="acme-state",
    state_key_arn="arn:aws:kms:us-east-1:000000000000:key/state",
)
TAGS = {"mlstack:project": "weather", "mlstack:environment": "prod"}
REQUESTED = {f"aws:requesttag/{key}": (value,) for key, value in TAGS.items()}
TAGGED = {"aws:resourcetag/": ("all",), **{f"aws:resourcetag/{key}": (value,) for key, value in TAGS.items()}}
CALLER = Principal("000000000000", "arn:aws:sts::000000000000:assumed-role/deploy/job", "arn:aws:iam::0:role/deploy")


def arn(service: str, resource: str) -> str:
    return PLACEMENT.arn(service, resource)


def allows(documents: Any, action: str, resource: str = "*", **keys: Any) -> bool:
    policies = Policies(identity=tuple(documents))
    context = Context({name.replace("__", ":").lower(): values for name, values in keys.items()})
    return reason_to_refuse(CALLER, action, resource, context, policies) == ""


@pytest.fixture(scope="module")
def deploys() -> list[str]:
    return list(deploy_policies(ARGS).values())


@pytest.fixture(scope="module")
def plans() -> list[str]:
    return [plan_policy(ARGS)]


OWN = [
    ("s3:CreateBucket", "arn:aws:s3:::weather-prod-data-1234567"),
    ("s3:PutObject", "arn:aws:s3:::weather-prod-artifacts-1234567/code/x/sourcedir.tar.gz"),
    ("sagemaker:CreatePipeline", arn("sagemaker", "pipeline/weather-prod")),
    ("sagemaker:CreateModelPackageGroup", arn("sagemaker", "model-package-group/weather-prod")),
    ("sagemaker:UpdateEndpoint", arn("sagemaker", "endpoint/weather-prod")),
    ("sagemaker:CreateModel", arn("sagemaker", "model/weather-prod-model-1234567")),
    ("sagemaker:DescribeModelPackage", arn("sagemaker", "model-package/weather-prod/3")),
    ("sagemaker:CreateFeatureGroup", arn("sagemaker", "feature-group/weather-prod-customers")),
    ("sns:CreateTopic", arn("sns", "weather-prod-notifications-1234567")),
    ("logs:CreateLogGroup", arn("logs", "log-group:/aws/sagemaker/Endpoints/weather-prod")),
    ("ssm:PutParameter", arn("ssm", "parameter/mlstack/weather/prod/release/model-package-arn")),
    ("events:PutRule", arn("events", "rule/weather-prod-pipeline-ended-1234567")),
    ("budgets:ModifyBudget", "arn:aws:budgets::000000000000:budget/weather-prod-budget-1234567"),
    ("iam:DeleteRole", "arn:aws:iam::000000000000:role/weather-prod-training-1234567"),
    ("codebuild:CreateProject", arn("codebuild", "project/weather-prod-images")),
    ("codebuild:BatchGetProjects", arn("codebuild", "project/weather-prod-release")),
    ("logs:CreateLogGroup", arn("logs", "log-group:/aws/codebuild/weather-prod-images")),
]
OTHERS = [
    ("s3:PutObject", "arn:aws:s3:::churn-prod-data-1234567/x"),
    ("s3:GetObject", "arn:aws:s3:::weather-production-data-1234567/x"),
    ("sagemaker:DeleteEndpoint", arn("sagemaker", "endpoint/weather-production")),
    ("sagemaker:DeleteEndpoint", arn("sagemaker", "endpoint/churn-prod")),
    ("ssm:PutParameter", arn("ssm", "parameter/mlstack/weather/dev/release/model-package-arn")),
    ("logs:DeleteLogGroup", arn("logs", "log-group:/aws/sagemaker/TrainingJobs")),
    ("iam:DeleteRole", "arn:aws:iam::000000000000:role/mlstack/ci/mlstack-deploy-weather-prod"),
    ("iam:CreateUser", "arn:aws:iam::000000000000:user/weather-prod-user"),
    ("iam:CreateAccessKey", "arn:aws:iam::000000000000:user/weather-prod-user"),
    ("iam:AttachRolePolicy", "arn:aws:iam::000000000000:role/weather-prod-training-1234567"),
    ("codebuild:UpdateProject", arn("codebuild", "project/weather-production-images")),
    ("codebuild:StartBuild", arn("codebuild", "project/weather-prod-images")),
    ("ec2:DeleteVpc", arn("ec2", "vpc/vpc-1")),
]


@pytest.mark.parametrize(("action", "resource"), OWN)
def test_a_deployment_makes_what_carries_its_name(deploys, plans, action, resource) -> None:
    assert allows(deploys, action, resource)
    assert allows(plans, action, resource) is action.partition(":")[2].startswith(
        ("BatchGet", "Describe", "Get", "List", "View")
    )


@pytest.mark.parametrize(("action", "resource"), OTHERS)
def test_what_is_others_is_out_of_reach(deploys, plans, action, resource) -> None:
    assert not allows(deploys, action, resource, iam__PermissionsBoundary=(BOUNDARY,))
    assert not allows(plans, action, resource)


def test_roles_are_made_within_the_boundary_alone(deploys, plans) -> None:
    role = "arn:aws:iam::000000000000:role/weather-prod-training-1234567"
    unbounded = [*deploy_policies(dataclasses.replace(ARGS, permissions_boundary_arn=None)).values()]
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary"):
        assert allows(deploys, action, role, iam__PermissionsBoundary=(BOUNDARY,))
        assert not allows(deploys, action, role, iam__PermissionsBoundary=(f"{BOUNDARY}-other",))
        assert not allows(deploys, action, role)
        assert allows(unbounded, action, role)
        assert not allows(plans, action, role, iam__PermissionsBoundary=(BOUNDARY,))
    assert not allows(deploys, "iam:DeleteRolePermissionsBoundary", role)


def test_roles_are_handed_to_few_services_and_only_its_own(deploys, plans) -> None:
    own = "arn:aws:iam::000000000000:role/weather-prod-training-1234567"
    passed = {"iam__PassedToService": ("sagemaker.amazonaws.com",)}
    assert allows(deploys, "iam:PassRole", own, **passed)
    for service in ("lambda", "ec2", "ecs-tasks", "cloudformation"):
        assert not allows(deploys, "iam:PassRole", own, iam__PassedToService=(f"{service}.amazonaws.com",))
    assert not allows(deploys, "iam:PassRole", own)
    assert not allows(deploys, "iam:PassRole", "arn:aws:iam::000000000000:role/admin", **passed)
    assert not allows(plans, "iam:PassRole", own, **passed)


def test_keys_are_its_own_by_their_tags(deploys, plans) -> None:
    key = arn("kms", "key/1")
    assert allows(deploys, "kms:CreateKey", "*", **REQUESTED)
    assert not allows(deploys, "kms:CreateKey", "*")
    assert allows(deploys, "kms:ScheduleKeyDeletion", key, **TAGGED)
    assert not allows(deploys, "kms:ScheduleKeyDeletion", key, **{**TAGGED, "aws:resourcetag/mlstack:project": ("x",)})
    assert not allows(deploys, "kms:ScheduleKeyDeletion", key, **{"aws:resourcetag/": ("all",)})
    assert allows(plans, "kms:DescribeKey", key, **TAGGED)
    assert not allows(plans, "kms:Decrypt", key, **TAGGED)


def test_a_role_that_plans_reads_no_data(plans) -> None:
    assert not allows(plans, "s3:GetObject", "arn:aws:s3:::weather-prod-data-1234567/x")
    assert allows(plans, "s3:GetBucketPolicy", "arn:aws:s3:::weather-prod-data-1234567")
    assert allows(plans, "ssm:GetParametersByPath", arn("ssm", "parameter/mlstack/weather/prod/release"))


def test_the_state_is_used_by_both_and_written_by_one(deploys, plans) -> None:
    state = "arn:aws:s3:::acme-state/.pulumi/stacks/weather/prod.json"
    for policies, writes in ((deploys, True), (plans, False)):
        assert allows(policies, "s3:GetObject", state)
        assert allows(policies, "kms:Decrypt", str(ARGS.state_key_arn))
        assert allows(policies, "s3:PutObject", state) is writes
        assert not allows(policies, "s3:GetObject", "arn:aws:s3:::acme-state/else")
    stateless = deploy_policies(dataclasses.replace(ARGS, state_bucket=None))
    assert not allows(stateless.values(), "s3:GetObject", state)


def _statements() -> list[dict[str, Any]]:
    documents = [*deploy_policies(ARGS).values(), plan_policy(ARGS)]
    return [each for document in documents for each in json.loads(document)["Statement"]]


def test_no_action_is_a_wildcard_and_none_is_all_of_iam() -> None:
    actions = [action for each in _statements() for action in each["Action"]]
    assert len(actions) > 100
    assert [action for action in actions if "*" in action or "?" in action] == []


def test_a_resource_is_a_wildcard_only_where_nothing_can_be_named() -> None:
    anything = {each["Sid"] for each in _statements() if "*" in each["Resource"]}
    assert anything == {"ReadLists", "UseCloudControl", "ChangeSubscriptions", "MakeKeys"}


LONGEST = dataclasses.replace(
    ARGS,
    placement=Placement("111111111111", "ap-southeast-1"),
    project="p" * 40,
    environment="e" * 20,
    prefix="n" * 40,
    names=("n" * 61, f"{'n' * 54}*"),
    permissions_boundary_arn=f"arn:aws:iam::111111111111:policy/{'b' * 128}",
    state_bucket="b" * 63,
)
ROOM = 2_000
"""Characters that are left for the actions of further parts in each policy, so that none is full unawares."""


def _fit(args: DeploymentPolicyArgs) -> None:
    policies = deploy_policies(args)
    assert len(policies) < MOST_POLICIES
    assert {name for name, policy in policies.items() if len(policy) > MOST_CHARACTERS - ROOM} == set()
    assert len(plan_policy(args)) < MOST_CHARACTERS_INLINE - ROOM


def test_the_policies_of_the_longest_names_fit_into_a_role_with_room_to_spare() -> None:
    _fit(LONGEST)


WORDS = st.from_regex(r"[a-z][a-z0-9]{0,12}(-[a-z0-9]{1,12}){0,3}", fullmatch=True)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(project=WORDS.filter(lambda name: len(name) <= 40), environment=WORDS.filter(lambda name: len(name) <= 20))
def test_the_policies_of_any_names_fit(project: str, environment: str) -> None:
    names = Names(project, environment)
    given_ = dataclasses.replace(
        LONGEST, project=project, environment=environment, prefix=names.resource_prefix, names=names.beginnings
    )
    _fit(given_)


def test_each_action_of_the_tables_is_in_a_policy() -> None:
    allowed = {action for each in _statements() for action in each["Action"]}
    tables = {f"{service}:{action}" for table in (READS, WRITES) for service in table for action in table[service]}
    assert tables - allowed == set()
    planned = {action for each in json.loads(plan_policy(ARGS))["Statement"] for action in each["Action"]}
    assert {f"{service}:{action}" for service in READS for action in READS[service]} - planned == set()


def test_rights_of_a_deployment_are_managed_policies_out_of_its_reach(declare_ci, args) -> None:
    declared = declare_ci(args)
    policies = {each.inputs["name"]: each.inputs for each in declared.all("aws:iam/policy:Policy")}
    attached = [each.inputs for each in declared.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")]
    assert {each["path"] for each in policies.values()} == {"/mlstack/ci/"}
    assert policies.keys() == {
        f"mlstack-deploy-weather-prod-{name}" for name in deploy_policies(ARGS) if name != "state"
    }
    assert {each["role"] for each in attached} == {"mlstack-deploy-weather-prod"}
    assert len({each["policyArn"] for each in attached}) == len(attached) == len(policies)


def test_names_that_do_not_fit_are_told(declare_ci, args) -> None:
    names = dataclasses.replace(deployment(GITHUB), names=tuple(f"{number}" * 60 for number in range(50)))
    with pytest.raises(UserError, match="too long"):
        declare_ci(dataclasses.replace(args, deployments={"w": names}))
