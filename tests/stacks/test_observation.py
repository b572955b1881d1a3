"""Alarms, dashboard and budget are what the specification says, and nothing where it says nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.checks import run_checks
from mlstack_stacks.spec import load, load_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.plan.resources import Plan

MONITORING = "monitoring: {alarms: {latency_p99_ms: 250, cpu_percent: null}}\n"
BUDGET = "budget: {monthly_usd: 300, alert_percent: [50]}\n"
MONITOR = "arn:aws:ce::111111111111:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef"
PROGRAM = "import mlstack_stacks\nmlstack_stacks.Project.from_spec('../mlstack.yaml')\n"
OBSERVERS = {"aws:cloudwatch:MetricAlarm", "aws:cloudwatch:Dashboard", "aws:budgets:Budget"}


@pytest.fixture
def plan(write_project: Callable[..., Path], spec_text: str, tmp_path: Path) -> Callable[..., Plan]:
    def plan(more: str = "", spec: str = spec_text) -> Plan:
        file = write_project(spec + more)
        infra = tmp_path / "infra"
        infra.mkdir(exist_ok=True)
        (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
        (infra / "__main__.py").write_text(PROGRAM)
        return check(load(file, "dev"), infra)

    return plan


def _types(plan: Plan) -> set[str]:
    return {each.short_type for each in plan.resources}


def test_what_is_left_out_changes_nothing(plan: Callable[..., Plan]) -> None:
    bare, full = plan(), plan(MONITORING + BUDGET)
    assert not _types(bare) & OBSERVERS
    assert _types(full) >= OBSERVERS
    known = {each.urn: each.properties for each in full.resources}
    for each in bare.resources:
        # Each plan packs the code into a temporary file of its own; its hash is in the key.
        if each.short_type not in {"aws:kms:Key", "aws:sns:TopicPolicy"}:
            assert {**known[each.urn], "source": None} == {**each.properties, "source": None}


def test_the_thresholds_are_those_of_the_file(plan: Callable[..., Plan]) -> None:
    alarms = {
        each.name.removeprefix("churn-dev-"): each.properties
        for each in plan(MONITORING).resources
        if each.short_type == "aws:cloudwatch:MetricAlarm"
    }
    assert set(alarms) == {"latency", "errors", "client-errors", "memory", "disk", "failed-runs"}
    assert alarms["latency"]["threshold"] == 250_000
    assert alarms["errors"]["dimensions"]["EndpointName"] == "churn-dev"


@pytest.mark.parametrize(
    ("more", "types"),
    [
        ("monitoring: {}\n", {"aws:cloudwatch:Dashboard"}),
        ("monitoring: {dashboard: false}\n", set()),
        ("monitoring: {dashboard: false, alarms: {}}\n", {"aws:cloudwatch:MetricAlarm"}),
        (BUDGET, {"aws:budgets:Budget"}),
    ],
)
def test_each_can_be_had_alone(plan: Callable[..., Plan], more: str, types: set[str]) -> None:
    assert _types(plan(more)) & OBSERVERS == types


def test_the_budget_counts_the_environments_tags(plan: Callable[..., Plan]) -> None:
    (budget,) = [each.properties for each in plan(BUDGET).resources if each.short_type == "aws:budgets:Budget"]
    tags = {each["tags"]["key"]: each["tags"]["values"] for each in budget["filterExpression"]["ands"]}
    assert tags == {"mlstack:project": ["churn"], "mlstack:environment": ["dev"]}
    assert {each["threshold"] for each in budget["notifications"]} == {50}
    assert budget["limitAmount"] == "300"


def test_the_plan_knows_the_dashboard(plan: Callable[..., Plan]) -> None:
    planned = plan("monitoring: {}\n")
    (dashboard,) = [each.properties for each in planned.resources if each.short_type == "aws:cloudwatch:Dashboard"]
    assert dashboard["dashboardName"] == "churn-dev"
    assert {each["type"] for each in json.loads(dashboard["dashboardBody"])["widgets"]} == {"metric"}


def test_what_nobody_would_hear_of_is_warned_of_and_alarms_are_left_out(
    plan: Callable[..., Plan], write_project: Callable[..., Path], spec_text: str
) -> None:
    dev = 'dev: {account: "111111111111", region: eu-west-1'
    silent = spec_text.replace(dev, f"{dev}, notifications: null")
    warnings = run_checks(load(write_project(silent + MONITORING + BUDGET), "dev"))
    found = [each for each in warnings if each.rule == "no_recipients"]
    lines = len(silent.splitlines())
    assert [each.place for each in found] == [
        f"mlstack.yaml:{lines + 1}: monitoring.alarms",
        f"mlstack.yaml:{lines + 2}: budget",
    ]
    assert not any(each.rule == "no_recipients" for each in run_checks(load(write_project(silent), "dev")))
    planned = plan(MONITORING + BUDGET, silent)
    assert _types(planned) & OBSERVERS == {"aws:cloudwatch:Dashboard", "aws:budgets:Budget"}
    (budget,) = [each.properties for each in planned.resources if each.short_type == "aws:budgets:Budget"]
    assert not budget.get("notifications")


def test_anomalies_of_the_projects_costs_are_told_only_where_they_are_wanted(
    plan: Callable[..., Plan], spec_text: str
) -> None:
    types = {"aws:costexplorer:AnomalyMonitor", "aws:costexplorer:AnomalySubscription"}
    assert not _types(plan(BUDGET)) & types
    wanted = BUDGET.replace("}", ", anomaly_usd: 40}")
    planned = {each.short_type: each.properties for each in plan(wanted).resources}
    assert planned.keys() >= types
    specification = json.loads(planned["aws:costexplorer:AnomalyMonitor"]["monitorSpecification"])
    assert specification["Tags"] == {"Key": "user:mlstack:project", "MatchOptions": None, "Values": ["churn"]}
    assert '"costalerts.amazonaws.com"' in planned["aws:kms:Key"]["policy"]
    dev = "region: eu-west-1"
    given = plan(wanted, spec_text.replace(dev, f'{dev}, budget: {{anomaly_monitor: "{MONITOR}"}}', 1))
    assert _types(given) & types == {"aws:costexplorer:AnomalySubscription"}


def test_anomalies_nobody_would_hear_of_are_warned_of_and_left_out(
    plan: Callable[..., Plan], write_project: Callable[..., Path], spec_text: str
) -> None:
    dev = 'dev: {account: "111111111111", region: eu-west-1'
    silent = spec_text.replace(dev, f"{dev}, notifications: null") + BUDGET.replace("}", ", anomaly_usd: 40}")
    found = [each for each in run_checks(load(write_project(silent), "dev")) if each.rule == "no_recipients"]
    assert [each.place.rpartition(" ")[2] for each in found] == ["budget.anomaly_usd", "budget"]
    assert "aws:costexplorer:AnomalyMonitor" not in _types(plan("", silent))


@pytest.mark.parametrize(
    ("more", "key", "message"),
    [
        ("monitoring: {alarms: {latency_p99_ms: 0}}", "monitoring.alarms.latency_p99_ms", ""),
        ("monitoring: {alarms: {error_percent: 101}}", "monitoring.alarms.error_percent", "100"),
        ("monitoring: {alarm: {}}", "monitoring.alarm", "unknown key"),
        ("monitoring: {dashboard: yes}", "monitoring.dashboard", ""),
        ("budget: {}", "budget.monthly_usd", "missing"),
        ("budget: {monthly_usd: -1}", "budget.monthly_usd", ""),
        ("budget: {monthly_usd: 1, alert_percent: [80, 80]}", "budget.alert_percent", "more than once"),
        ("budget: {monthly_usd: 1, alert_percent: [1, 2, 3, 4, 5, 6]}", "budget.alert_percent", "5"),
        ("budget: {monthly_usd: 1, anomaly_usd: 0}", "budget.anomaly_usd", ""),
        ("budget: {monthly_usd: 1, anomaly_usd: 5, anomaly_monitor: mine}", "budget.anomaly_monitor", "ARN"),
        (f"budget: {{monthly_usd: 1, anomaly_monitor: '{MONITOR}'}}", "budget", "anomaly_usd"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(
    write_project: Callable[..., Path], spec_text: str, more: str, key: str, message: str
) -> None:
    with pytest.raises(SpecError) as caught:
        load_all(write_project(f"{spec_text}{more}\n"))
    assert [each.key for each in caught.value.problems] == [key]
    assert message in caught.value.problems[0].message
