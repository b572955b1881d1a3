"""What each check of an account finds, by real clients on the local cloud."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mlstack.cloud.aws import AwsSession
from mlstack.engine.backend import StateBackend
from mlstack.engine.failure import EngineFailure
from mlstack.preflight.outcome import Outcome, Result
from mlstack.preflight.run import CHECKS, run_checks
from mlstack_components.errors import MlstackError

from .conftest import changed, in_account

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.stub import Stubber
    from mlstack.preflight.subject import Subject


def _check(subject: Subject, name: str) -> Outcome:
    return run_checks(subject, (name,))[0].outcome


def _without_credentials(subject: Subject) -> Subject:
    return changed(subject, session=MlstackError("There are no keys.", next_step="Log in."))


def test_credentials_of_the_account_are_told(make_subject: Callable[..., Subject]) -> None:
    outcome = _check(make_subject("creds"), "credentials")
    assert outcome.result is Result.OK
    assert "000000000000" in outcome.message
    assert "arn:aws:iam::000000000000:root" in outcome.message


def test_no_credentials_fail_and_leave_the_others_unknown_but_all_run(make_subject: Callable[..., Subject]) -> None:
    found = {each.name: each.outcome for each in run_checks(_without_credentials(in_account(make_subject("nocreds"))))}
    assert tuple(found) == CHECKS
    assert found["credentials"] == Outcome(Result.FAILURE, "There are no keys.", "Log in.")
    for name in ("region", "permissions", "quotas", "collisions"):
        assert found[name].result is Result.UNKNOWN
    assert found["budget"].result is Result.OK


def test_an_enabled_region_is_asked_for_real(make_subject: Callable[..., Subject]) -> None:
    subject = make_subject("region")
    expected = Outcome.ok("us-east-1 is enabled, and SageMaker answers there.")
    assert _check(subject, "region") == expected
    assert _check(in_account(subject), "region") == expected


def test_a_region_that_is_not_enabled(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    """Stubbed is EC2's DescribeRegions, as the local cloud's account has every region enabled."""
    subject = in_account(make_subject("disabled"))
    regions = {"Regions": [{"RegionName": "us-east-1", "OptInStatus": "not-opted-in"}]}
    stub(subject, "ec2").add_response("describe_regions", regions)
    outcome = _check(subject, "region")
    assert outcome.result is Result.FAILURE
    assert "not enabled" in outcome.message


def test_a_region_in_which_keys_are_not_known_is_not_enabled(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    """Stubbed are EC2, which may not be asked, and SageMaker's answer in a region that is not enabled."""
    subject = in_account(make_subject("unknown-keys"))
    stub(subject, "ec2").add_client_error("describe_regions", "UnauthorizedOperation")
    stub(subject, "sagemaker").add_client_error("list_model_package_groups", "UnrecognizedClientException")
    assert _check(subject, "region").result is Result.FAILURE


def test_a_budget_above_and_below_the_estimate(make_subject: Callable[..., Subject]) -> None:
    assert "bills nothing" in _check(make_subject("budget"), "budget").message
    subject = in_account(make_subject("budget"))
    assert _check(subject, "budget").result is Result.OK
    budget = subject.spec.budget
    assert budget is not None
    less = subject.spec.model_copy(update={"budget": budget.model_copy(update={"monthly_usd": 1.0})})
    outcome = _check(changed(subject, spec=less), "budget")
    assert outcome.result is Result.FAILURE
    assert "the budget is 1.00 USD" in outcome.message
    none = subject.spec.model_copy(update={"budget": None})
    assert "no budget" in _check(changed(subject, spec=none), "budget").message


def test_a_name_that_is_taken_is_found_in_the_cloud_itself(make_subject: Callable[..., Subject]) -> None:
    subject = changed(make_subject("taken"), _stack=[])
    assert _check(subject, "collisions").result is Result.OK
    sagemaker = subject.require_session().client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="taken-local")
    outcome = _check(subject, "collisions")
    assert outcome.result is Result.FAILURE
    assert outcome.details == ("ModelPackageGroup taken-local",)


def test_what_the_stack_made_itself_is_no_collision(make_subject: Callable[..., Subject]) -> None:
    subject = make_subject("ours")
    subject.require_session().client("sagemaker").create_model_package_group(ModelPackageGroupName="ours-local")
    group = SimpleNamespace(type="aws:sagemaker/modelPackageGroup:ModelPackageGroup", id="ours-local")
    assert _check(changed(subject, _stack=[group]), "collisions").result is Result.OK
    doubtful = _check(changed(subject, _stack=EngineFailure("There is no engine.")), "collisions")
    assert doubtful.result is Result.WARNING
    assert "There is no engine." in doubtful.message


def test_names_that_the_provider_makes_up_are_not_looked_for(make_subject: Callable[..., Subject]) -> None:
    from mlstack.preflight.checks.collisions import _fixed

    subject = make_subject("fixed")
    found = {(each.type.rsplit(":", 1)[-1], each.id) for each in _fixed(subject, subject.require_plan().resources)}
    assert {
        ("Endpoint", "fixed-local"),
        ("Pipeline", "fixed-local"),
        ("ModelPackageGroup", "fixed-local"),
        ("Alias", "alias/mlstack/fixed-local"),
    } <= found
    assert not {kind for kind, _ in found} & {"Bucket", "Budget", "Role", "Key"}


def test_an_alias_that_is_taken(make_subject: Callable[..., Subject]) -> None:
    subject = changed(make_subject("alias"), _stack=[])
    kms = subject.require_session().client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/mlstack/alias-local", TargetKeyId=key)
    assert _check(subject, "collisions").details == ("Alias alias/mlstack/alias-local",)


@pytest.mark.engine
def test_the_state_of_the_local_environment_is_on_this_machine(
    make_subject: Callable[..., Subject], engine_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = _check(make_subject("state"), "state")
    assert outcome.result is Result.OK
    assert "on this machine; local is not up yet" in outcome.message


def test_a_state_that_cannot_be_read_fails(make_subject: Callable[..., Subject]) -> None:
    subject = changed(make_subject("nostate"), _stack=EngineFailure("The backend does not answer."))
    outcome = _check(subject, "state")
    assert outcome.result is Result.FAILURE
    assert "The backend does not answer." in outcome.message


@pytest.fixture
def bootstrapped(make_subject: Callable[..., Subject]) -> Subject:
    """An environment of an account, as its project has it after a bootstrap, on clients of the local cloud."""
    subject = make_subject("bootstrapped")
    region = "ca-west-1"
    local: Any = SimpleNamespace(environment="local", account="000000000000", region=region, is_local=True)
    spec = subject.spec.model_copy(update={"environment": "prod", "region": region})
    backend = StateBackend.of("000000000000", region)
    (subject.project.infra / "Pulumi.prod.yaml").write_text(f"secretsprovider: {backend.secrets_provider}\n")
    return changed(subject, spec=spec, session=AwsSession.for_environment(local))


def test_a_bootstrapped_state_is_looked_at_itself(bootstrapped: Subject) -> None:
    from mlstack.bootstrap.run import Bootstrap

    missing = _check(bootstrapped, "state")
    assert missing.result is Result.FAILURE
    assert "mlstack bootstrap prod" in str(missing.next_step)
    made = Bootstrap.look(bootstrapped.require_session())
    made.do(lambda _: None)
    assert _check(bootstrapped, "state").result is Result.OK
    stranger = replace(bootstrapped.require_session(), account="222222222222", _clients={})
    foreign = _check(changed(bootstrapped, session=stranger), "state")
    assert foreign.result is Result.FAILURE
    assert "another account" in str(foreign.next_step)
    bootstrapped.require_session().client("kms").disable_key(KeyId=str(made.key.arn).rpartition("/")[2])
    assert "Disabled" in _check(bootstrapped, "state").message
