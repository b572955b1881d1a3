"""Permissions: what a plan needs, and what IAM's simulation says of it.

Stubbed is IAM: the local cloud has no SimulatePrincipalPolicy. What is hidden by that is whether AWS reads a policy as
it is said here that it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

SESSION = "arn:aws:sts::000000000000:assumed-role/deployer/me"
ROLE = "arn:aws:iam::000000000000:role/teams/deployer"


def _check(subject: Subject) -> Outcome:
    return run_checks(subject, ("permissions",))[0].outcome


def _role(iam: Stubber) -> None:
    role = {"Path": "/teams/", "RoleName": "deployer", "RoleId": "A" * 16, "Arn": ROLE, "CreateDate": "2026-01-01"}
    iam.add_response("get_role", {"Role": role}, {"RoleName": "deployer"})


def _answer(iam: Stubber, actions: list[str], arn: str, refused: dict[str, list[str]]) -> None:
    results = [
        {
            "EvalActionName": action,
            "EvalDecision": "implicitDeny" if action in refused else "allowed",
            "MissingContextValues": refused.get(action, []),
        }
        for action in actions
    ]
    iam.add_response(
        "simulate_principal_policy",
        {"EvaluationResults": results},
        {"PolicySourceArn": ROLE, "ActionNames": actions, "ResourceArns": [arn]},
    )


def _everything(subject: Subject) -> list[str]:
    return sorted({action for each in needed_by(subject.require_plan()) for action in each.actions})


def _answer_all(iam: Stubber, subject: Subject, refused: dict[str, list[str]]) -> None:
    actions = _everything(subject)
    for start in range(0, len(actions), 50):
        _answer(iam, actions[start : start + 50], "*", refused)


def test_a_plan_needs_what_its_resources_need(make_subject: Callable[..., Subject]) -> None:
    actions = set(_everything(make_subject("needs")))
    assert {
        "s3:CreateBucket",
        "s3:PutEncryptionConfiguration",
        "s3:PutObject",
        "s3:ListBucket",
        "kms:CreateKey",
        "kms:GenerateDataKey",
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


def test_all_are_allowed(make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]) -> None:
    subject = in_account(make_subject("allowed"), caller=SESSION)
    iam = stub(subject, "iam")
    _role(iam)
    _answer_all(iam, subject, {})
    outcome = _check(subject)
    assert outcome.result is Result.OK
    assert str(len(_everything(subject))) in outcome.message


def test_what_is_allowed_for_the_plan_s_own_names_is_allowed(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    subject = in_account(make_subject("narrow"), caller=SESSION)
    iam = stub(subject, "iam")
    _role(iam)
    _answer_all(iam, subject, {"sagemaker:CreatePipeline": []})
    pipeline = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/narrow-local"
    _answer(iam, ["sagemaker:CreatePipeline"], pipeline, {})
    assert _check(subject).result is Result.OK


def test_what_is_refused_is_named(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    subject = in_account(make_subject("refused"), caller=SESSION)
    iam = stub(subject, "iam")
    _role(iam)
    refused: dict[str, list[str]] = {"kms:CreateKey": [], "sagemaker:CreatePipeline": []}
    _answer_all(iam, subject, refused)
    _answer(
        iam,
        ["sagemaker:CreatePipeline"],
        "arn:aws:sagemaker:us-east-1:000000000000:pipeline/refused-local",
        refused,
    )
    outcome = _check(subject)
    assert outcome.result is Result.FAILURE
    assert outcome.details == ("kms:CreateKey", "sagemaker:CreatePipeline")
    assert ROLE in str(outcome.next_step)


def test_what_depends_on_a_condition_is_a_warning(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    subject = in_account(make_subject("condition"), caller=SESSION)
    iam = stub(subject, "iam")
    _role(iam)
    _answer_all(iam, subject, {"kms:CreateKey": ["aws:RequestTag/team"]})
    outcome = _check(subject)
    assert outcome.result is Result.WARNING
    assert outcome.details == ("kms:CreateKey (depends on aws:RequestTag/team)",)


def test_whoever_may_not_simulate_is_told_so(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
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
