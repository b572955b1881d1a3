"""Model cards and the registry that several accounts share: what mlstack.yaml says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.definition import planned_definition
from mlstack_stacks.spec import load, load_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.plan.resources import Plan

PROGRAM = "import mlstack_stacks\nmlstack_stacks.Project.from_spec('../mlstack.yaml')\n"
REGISTRY = "registry: {approval: manual}"
CARD = "registry: {card: {intended_use: Tells who leaves., risk_rating: high, recommendations: Ask them.}}"
SHARED = 'registry: {share_with: ["222222222222"]}'
MONITOR = "arn:aws:ce::222222222222:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef"


@pytest.fixture
def plan(write_project: Callable[..., Path], tmp_path: Path) -> Callable[[str], Plan]:
    def plan(text: str) -> Plan:
        file = write_project(text)
        infra = tmp_path / "infra"
        infra.mkdir(exist_ok=True)
        (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
        (infra / "__main__.py").write_text(PROGRAM)
        return check(load(file, "dev"), infra)

    return plan


def test_a_card_is_a_part_of_the_registration_and_of_nothing_else(
    write_project: Callable[..., Path], spec_text: str
) -> None:
    without, with_card = (
        json.dumps(planned_definition(load(write_project(text), "dev")))
        for text in (spec_text, spec_text.replace(REGISTRY, CARD))
    )
    assert "ModelCard" not in without
    assert "Tells who leaves." in with_card
    assert "ml-team" in with_card, "the owner is the creator"


def test_a_shared_registry_opens_group_archives_and_key_to_the_accounts_alone(
    plan: Callable[[str], Plan], spec_text: str
) -> None:
    before = {each.urn: each.properties for each in plan(spec_text).resources}
    after = {each.urn: each.properties for each in plan(spec_text.replace(REGISTRY, SHARED)).resources}
    changed = {
        urn.rpartition("::")[2]
        for urn, properties in after.items()
        if {**properties, "source": None} != {**before.get(urn, {}), "source": None}
    }
    # The policy of the bucket is known only when the bucket is there; the component's tests look at it.
    assert changed == {"churn-dev-models-policy", "churn-dev-key"}
    assert before.keys() <= after.keys()
    own = SHARED.replace("222222222222", "111111111111")
    assert {each.urn for each in plan(spec_text.replace(REGISTRY, own)).resources} == before.keys(), (
        "an environment's own account needs no sharing"
    )


@pytest.mark.parametrize(
    ("registry", "key", "message"),
    [
        ("registry: {card: {}}", "registry.card.intended_use", "missing"),
        ("registry: {card: {intended_use: ''}}", "registry.card.intended_use", ""),
        ("registry: {card: {intended_use: a, risk_rating: High}}", "registry.card.risk_rating", ""),
        ("registry: {card: {intended_use: a, risks: b}}", "registry.card.risks", "unknown key"),
        ("registry: {share_with: [222222222222]}", "registry.share_with[0]", ""),
        ('registry: {share_with: ["222222222222", "222222222222"]}', "registry.share_with", "more than once"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    write_project: Callable[..., Path], spec_text: str, registry: str, key: str, message: str
) -> None:
    with pytest.raises(SpecError) as caught:
        load_all(write_project(spec_text.replace(REGISTRY, registry)))
    problems = caught.value.problems
    assert key in {each.key for each in problems}
    assert any(message in each.message for each in problems)


def test_what_would_break_the_card_is_refused_with_its_place(
    write_project: Callable[..., Path], spec_text: str
) -> None:
    quoted = spec_text.replace("loss: log_loss", "loss: 'a\"b'")
    assert quoted != spec_text
    load_all(write_project(quoted))
    with pytest.raises(SpecError) as caught:
        load_all(write_project(quoted.replace(REGISTRY, CARD)))
    assert {each.key for each in caught.value.problems} == {"steps.train.hyperparameters.loss"}
    assert "model card" in caught.value.problems[0].message


def test_a_monitor_of_another_account_is_refused(write_project: Callable[..., Path], spec_text: str) -> None:
    with pytest.raises(SpecError) as caught:
        load_all(
            write_project(f'{spec_text}budget: {{monthly_usd: 1, anomaly_usd: 5, anomaly_monitor: "{MONITOR}"}}\n')
        )
    problems = [each for each in caught.value.problems if each.key == "budget.anomaly_monitor"]
    assert problems
    assert "belongs to the account 222222222222" in problems[0].message


SHUTDOWN = 'instances: {min: 1}, idle_shutdown: "0 20 * * MON-FRI"}'
NOT_PROD = "region: eu-west-1, serving: {idle_shutdown: null, instances: {min: 2}}}"


def _shut_down(spec_text: str) -> str:
    text = spec_text.replace("instances: {min: 1}}", SHUTDOWN, 1)
    return text.replace("region: eu-west-1, serving: {instances: {min: 2}}}", NOT_PROD)


def test_an_idle_shutdown_is_a_schedule_and_its_role_and_changes_nothing_else(
    plan: Callable[[str], Plan], spec_text: str
) -> None:
    before = {each.urn: {**each.properties, "source": None} for each in plan(spec_text).resources}
    after = {each.urn: {**each.properties, "source": None} for each in plan(_shut_down(spec_text)).resources}
    assert {urn: after[urn] for urn in before} == before
    added = {urn.rpartition("::")[2]: after[urn] for urn in after.keys() - before.keys()}
    assert added.keys() == {
        "churn-dev",
        "churn-dev-shutdown",
        "churn-dev-shutdown-policy",
        "churn-dev-shutdown-schedule",
    }
    schedule = added["churn-dev-shutdown-schedule"]
    assert schedule["scheduleExpression"] == "cron(0 20 ? * MON-FRI *)"
    assert json.loads(schedule["target"]["input"]) == {"EndpointName": "churn-dev"}


def test_no_release_touches_the_schedule(plan: Callable[[str], Plan], spec_text: str) -> None:
    from mlstack.release.scope import is_serving

    urns = [each.urn for each in plan(_shut_down(spec_text)).resources if "shutdown" in each.name]
    assert urns
    assert not any(map(is_serving, urns))


@pytest.mark.parametrize("name", ["prod", "production", "live", "prod-eu"])
def test_production_does_not_go_out_of_service(write_project: Callable[..., Path], spec_text: str, name: str) -> None:
    text = _shut_down(spec_text).replace(NOT_PROD, "region: eu-west-1, serving: {instances: {min: 2}}}")
    with pytest.raises(SpecError) as caught:
        load_all(write_project(text.replace("  prod: {", f"  {name}: {{")))
    (problem,) = caught.value.problems
    assert problem.key == "serving.idle_shutdown"
    assert f"`{name}` out of service" in problem.message
    load_all(write_project(_shut_down(spec_text)))


def test_an_idle_shutdown_that_is_no_schedule_is_refused(write_project: Callable[..., Path], spec_text: str) -> None:
    with pytest.raises(SpecError) as caught:
        load_all(write_project(_shut_down(spec_text).replace("0 20 * * MON-FRI", "at night")))
    assert {each.key for each in caught.value.problems} == {"serving.idle_shutdown"}


@pytest.mark.parametrize(
    ("serving", "more", "message"),
    [
        ("kind: serverless, idle_shutdown", "", "saves nothing"),
        ("kind: realtime, capture_percent: 100, idle_shutdown", "monitoring: {data_quality: daily}\n", "schedule"),
    ],
)
def test_an_idle_shutdown_that_saves_nothing_or_can_not_be_is_refused(
    write_project: Callable[..., Path], spec_text: str, serving: str, more: str, message: str
) -> None:
    before = "serving: {kind: realtime, instance_type: ml.m5.large, instances: {min: 1}}"
    text = spec_text.replace(before, f'serving: {{{serving}: "0 20 * * *"}}')
    assert text != spec_text
    prod = text.replace("region: eu-west-1, serving: {instances: {min: 2}}}", "region: eu-west-1, serving: null}")
    with pytest.raises(SpecError) as caught:
        load_all(write_project(prod + more))
    problems = [each for each in caught.value.problems if each.key == "serving.idle_shutdown"]
    assert problems
    assert message in problems[0].message
