"""Events of versions get to the environments of other accounts that use a registry, and only there is anything made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from mlstack_stacks.plan.check import check
from mlstack_stacks.spec import load_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.plan.resources import Plan

PROGRAM = "import mlstack_stacks\nmlstack_stacks.Project.from_spec('../mlstack.yaml')\n"
OWN, SHARED = "registry: {approval: manual}", "registry: {environment: dev}"
ACCOUNT, BUS = "222222222222", "arn:aws:events:eu-west-1:222222222222:event-bus/churn-prod-registry"


@pytest.fixture
def plan(write_project: Callable[..., Path], tmp_path: Path) -> Callable[[str, str], Plan]:
    def run(text: str, environment: str) -> Plan:
        file = write_project(text)
        infra = tmp_path / "infra"
        infra.mkdir(exist_ok=True)
        (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
        (infra / "__main__.py").write_text(PROGRAM)
        return check(load_all(file).environments[environment], infra)

    return run


def _shared(text: str, account: str = ACCOUNT) -> str:
    lent = f'"111111111111", region: eu-west-1, registry: {{share_with: ["{ACCOUNT}"]}}'
    text = text.replace('"111111111111", region: eu-west-1', lent).replace(ACCOUNT + '", region', account + '", region')
    return text.replace(OWN, SHARED)


def _found(plan: Plan, kind: str) -> dict[str, dict[str, Any]]:
    return {each.urn.rpartition("::")[2]: each.properties for each in plan.resources if each.type.endswith(f":{kind}")}


def test_the_owner_forwards_and_the_user_listens(plan: Callable[[str, str], Plan], spec_text: str) -> None:
    owner, user = (plan(_shared(spec_text), environment) for environment in ("dev", "prod"))
    assert _found(owner, "EventTarget")["churn-dev-to-prod-target"]["arn"] == BUS
    pattern = json.loads(_found(owner, "EventRule")["churn-dev-to-prod"]["eventPattern"])
    assert pattern["detail"] == {"ModelPackageGroupName": ["churn-dev"]}
    assert _found(owner, "EventBus") == {}

    assert _found(user, "EventBus")["churn-prod-registry"]["name"] == "churn-prod-registry"
    (allowed,) = json.loads(_found(user, "EventBusPolicy")["churn-prod-registry-policy"]["policy"])["Statement"]
    assert (allowed["Resource"], allowed["Principal"]) == ([BUS], {"AWS": ["arn:aws:iam::111111111111:root"]})
    rules = _found(user, "EventRule")
    assert rules["churn-prod-forwarded-version"]["eventBusName"] == "churn-prod-registry"
    assert json.loads(rules["churn-prod-forwarded-version"]["eventPattern"])["detail"] == pattern["detail"]
    assert "churn-prod-model-version" not in rules, "its own bus never hears of them"


def test_what_is_approved_for_it_is_released(plan: Callable[[str, str], Plan], spec_text: str) -> None:
    silent = spec_text.replace("notifications: {emails: [ml-team@example.com]}", "continuous_deployment: {}")
    assert "churn-dev-to-prod" in _found(plan(_shared(silent), "dev"), "EventRule")
    user = plan(_shared(silent), "prod")
    assert set(_found(user, "EventBus")) == {"churn-prod-registry"}
    (name, rule), *others = _found(user, "EventRule").items()
    assert (name, rule["eventBusName"], others) == ("churn-prod-forwarded", "churn-prod-registry", [])
    assert json.loads(rule["eventPattern"])["detail"] == {
        "ModelPackageGroupName": ["churn-dev"],
        "ModelApprovalStatus": ["Approved"],
        "ModelLifeCycle": {"Stage": ["prod"], "StageStatus": ["Approved"]},
    }
    target = _found(user, "EventTarget")["churn-prod-forwarded-target"]
    assert target["eventBusName"] == "churn-prod-registry"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: _shared(text, "111111111111"),
        lambda text: _shared(text).replace("notifications: {emails: [ml-team@example.com]}", ""),
        lambda text: text,
    ],
    ids=["same-account", "nobody-listens", "registries-of-their-own"],
)
def test_else_nothing_is_forwarded(
    plan: Callable[[str, str], Plan], spec_text: str, change: Callable[[str], str]
) -> None:
    for environment in ("dev", "prod"):
        planned = plan(change(spec_text), environment)
        assert _found(planned, "EventBus") == {}
        assert not [each.urn for each in planned.resources if "EventForwarding" in each.urn]
    if "notifications" in change(spec_text):
        assert "churn-prod-model-version" in _found(planned, "EventRule")
