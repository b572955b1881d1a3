"""Permissions: what a plan needs, and what a simulation of a real role's policies says of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from mlstack.preflight.needed import needed_by
from mlstack.preflight.outcome import Result
from mlstack.preflight.run import run_checks
from mlstack_components.aws.placement import Placement

from .conftest import in_account

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.stub import Stubber
    from mlstack.preflight.outcome import Outcome
    from mlstack.preflight.subject import Subject

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _check(subject: Subject) -> Outcome:
    return run_checks(subject, ("permissions",))[0].outcome


@pytest.fixture
def make_deployer(make_subject: Callable[..., Subject]) -> Callable[..., Subject]:
    """Makes a project, and a role with these statements, in whose session the checks are made."""

    def make(name: str, *statements: dict[str, Any]) -> Subject:
        subject = make_subject(name)
        iam = subject.require_session().client("iam")
        account = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=f"{name}-deployer", Path="/teams/", AssumeRolePolicyDocument=_policy(account))
        iam.put_role_policy(RoleName=f"{name}-deployer", PolicyName="own", PolicyDocument=_policy(*statements))
        return in_account(subject, caller=f"arn:aws:sts::000000000000:assumed-role/{name}-deployer/me")

    return make


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _everything(subject: Subject) -> list[str]:
    return sorted({action for each in needed_by(subject.require_plan()) for action in each.actions})


def test_a_plan_needs_what_its_resources_need(make_subject: Callable[..., Subject]) -> None:
    actions = set(_everything(make_subject("needs")))
    assert {
        "s3:CreateBucket",
        "s3:PutEncryptionConfiguration",
        "s3:PutObject",
        "s3:ListBucket",
        "kms:CreateKey",
        "kms:GenerateDataKey",
        "kms:CreateGrant",
        "iam:CreateServiceLinkedRole",
        "iam:CreateRole",
        "iam:PassRole",
        "sagemaker:CreateEndpoint",
        "sagemaker:UpdateEndpoint",
        "sagemaker:DeletePipeline",
        "budgets:ModifyBudget",
        "ssm:GetParametersByPath",
    } <= actions
    # Operations that are no actions.
    assert not actions & {"s3:HeadBucket", "s3:PutBucketEncryption", "budgets:CreateBudget"}
    assert not {action for action in actions if action.startswith("ec2:")}


def test_all_are_allowed(make_deployer: Callable[..., Subject]) -> None:
    subject = make_deployer("allowed", EVERYTHING)
    outcome = _check(subject)
    assert outcome.result is Result.OK
    assert f"All of {len(_everything(subject))} actions" in outcome.message


def test_what_is_allowed_for_the_plan_s_own_names_is_allowed(make_deployer: Callable[..., Subject]) -> None:
    scoped = ["sagemaker", "s3", "iam", "logs", "events", "sns", "sqs", "ecr", "ssm"]
    subject = make_deployer(
        "narrow",
        {"Effect": "Allow", "NotAction": [f"{service}:*" for service in scoped], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": [f"{service}:*" for service in scoped],
            "Resource": ["arn:aws:*:*:*:*narrow-local*", "arn:aws:ssm:*:*:parameter/mlstack/narrow/*"],
        },
    )
    assert _check(subject).details == ()


def test_what_is_allowed_for_other_names_only_is_not(make_deployer: Callable[..., Subject]) -> None:
    subject = make_deployer(
        "other",
        {"Effect": "Allow", "NotAction": "sagemaker:CreatePipeline", "Resource": "*"},
        {"Effect": "Allow", "Action": "sagemaker:CreatePipeline", "Resource": "arn:aws:sagemaker:*:*:pipeline/theirs*"},
    )
    assert _check(subject).details == ("sagemaker:CreatePipeline",)


def test_what_is_refused_is_named(make_deployer: Callable[..., Subject]) -> None:
    denied = {"Effect": "Deny", "Action": ["kms:CreateKey", "sagemaker:DeleteEndpoint"], "Resource": "*"}
    outcome = _check(make_deployer("refused", EVERYTHING, denied))
    assert outcome.result is Result.FAILURE
    assert outcome.details == ("kms:CreateKey", "sagemaker:DeleteEndpoint")
    assert "arn:aws:iam::000000000000:role/teams/refused-deployer" in str(outcome.next_step)


def test_what_depends_on_a_condition_is_a_warning(make_deployer: Callable[..., Subject]) -> None:
    untagged = {
        "Effect": "Deny",
        "Action": "kms:CreateKey",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestTag/team": "storms"}},
    }
    outcome = _check(make_deployer("condition", EVERYTHING, untagged))
    assert outcome.result is Result.WARNING
    assert outcome.details == ("kms:CreateKey (depends on aws:RequestTag/team)",)


def test_whoever_may_not_simulate_is_told_so(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    """Stubbed is the refusal: the checks' own keys here are those of the local cloud's user, who may do everything."""
    subject = in_account(make_subject("may-not"), caller="arn:aws:iam::000000000000:user/me")
    stub(subject, "iam").add_client_error("simulate_principal_policy", "AccessDenied", "not authorized")
    outcome = _check(subject)
    assert outcome.result is Result.UNKNOWN
    assert "not authorized (AccessDenied)" in outcome.message
    assert "iam:SimulatePrincipalPolicy" in str(outcome.next_step)


def test_the_root_cannot_be_simulated(make_subject: Callable[..., Subject]) -> None:
    assert "can't be simulated" in _check(in_account(make_subject("root"))).message


def test_an_action_is_asked_for_on_the_resource_that_policies_name(make_subject: Callable[..., Subject]) -> None:
    place = Placement("222222222222", "eu-west-1")
    needed: dict[str, Any] = {each.token: each for each in needed_by(make_subject("arns").require_plan())}
    bucket = needed["aws:s3/bucket:Bucket"]
    assert bucket.arn("s3:CreateBucket", place).startswith("arn:aws:s3:::arns-local-")
    assert bucket.arn("s3:DeleteObject", place) == f"arn:aws:s3:::{bucket.name}/x"
    endpoint = needed["aws:sagemaker/endpoint:Endpoint"]
    assert endpoint.arn("sagemaker:DescribeEndpoint", place) == place.arn("sagemaker", "endpoint/arns-local")
    assert endpoint.arn("sagemaker:AddTags", place) == place.arn("sagemaker", "endpoint/arns-local")
    program = needed["program"]
    assert program.arn("ssm:GetParametersByPath", place) == place.arn("ssm", "parameter/mlstack/arns/local/release")
