"""What an environment consists of whose endpoint has further variants, with and without something released to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from mlstack_stacks.plan import check as check_module
from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.cost.estimate import estimate
from mlstack_stacks.plan.cost.prices import TablePrices
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.plan.resources import Plan
    from mlstack_stacks.spec import EnvironmentSpec

PLAIN = "  instance_type: ml.m5.large\n"
ALARMS = "monitoring: {alarms: {latency_p99_ms: 500, error_percent: 1}}"
SPEC = f"""\
name: churn
steps: {{train: {{entry_point: src/train.py, framework: sklearn, instance_type: ml.m5.large}}}}
registry: {{}}
serving:
  kind: realtime
{PLAIN}{ALARMS}
notifications: {{emails: [ml-team@example.com]}}
environments:
  dev: {{account: "111111111111", region: eu-west-1}}
  quiet: {{account: "111111111111", region: eu-west-1, serving: {{kind: serverless, serverless: {{memory_mb: 1024}}}}}}
"""
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
CHALLENGER = "  variants: {challenger: {percent: 20, instance_type: ml.c5.large, instance_count: 2}}\n"
SHADOW = "  shadow: {percent: 50}\n"


@pytest.fixture
def planned(write_project: Callable[..., Path]) -> Callable[..., tuple[EnvironmentSpec, Plan]]:
    """Plans an environment with further lines of `serving`."""

    def run(serving: str, environment: str = "dev", *, alarms: bool = True) -> tuple[EnvironmentSpec, Plan]:
        text = SPEC.replace(PLAIN, PLAIN + serving)
        # A dashboard that shows alarms is known once they are there.
        file = write_project(text if alarms else text.replace(ALARMS, "monitoring: {}"))
        infra = file.absolute().parent / "infra"
        infra.mkdir(exist_ok=True)
        (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
        (infra / "__main__.py").write_text(
            "from mlstack_stacks import Project\n\nproject = Project.from_spec('../mlstack.yaml')\n"
        )
        spec = load(file, environment)
        return spec, check(spec, infra)

    return run


def _of(plan: Plan, kind: str) -> list[Any]:
    return [resource.properties for resource in plan.resources if resource.type == kind]


def _variants(plan: Plan, member: str = "productionVariants") -> list[str]:
    (configuration,) = _of(plan, CONFIGURATION)
    return [each["variantName"] for each in configuration.get(member, [])]


def _watched(plan: Plan) -> set[str]:
    """The variants that alarms watch."""
    metrics = [
        metric
        for alarm in _of(plan, ALARM)
        for metric in (alarm, *(each.get("metric") or {} for each in alarm.get("metricQueries") or ()))
    ]
    return {each["dimensions"]["VariantName"] for each in metrics if "VariantName" in (each.get("dimensions") or {})}


def _drawn(plan: Plan) -> set[str]:
    """The variants that the dashboard shows."""
    (dashboard,) = _of(plan, DASHBOARD)
    widgets = json.loads(dashboard["dashboardBody"])["widgets"]
    metrics = [metric for each in widgets for metric in each["properties"].get("metrics", [])]
    return {metric[5] for metric in metrics if "VariantName" in metric}


def test_a_variant_answers_and_is_watched_and_drawn(planned: Callable[..., tuple[EnvironmentSpec, Plan]]) -> None:
    _, plan = planned(CHALLENGER)
    assert _variants(plan) == ["AllTraffic", "challenger"]
    assert _watched(plan) == {"AllTraffic", "challenger"}
    assert _drawn(planned(CHALLENGER, alarms=False)[1]) == {"AllTraffic", "challenger"}


def test_a_shadow_is_drawn_and_wakes_nobody(planned: Callable[..., tuple[EnvironmentSpec, Plan]]) -> None:
    _, plan = planned(SHADOW)
    assert _variants(plan) == ["AllTraffic"]
    assert _variants(plan, "shadowProductionVariants") == ["shadow"]
    assert _watched(plan) == {"AllTraffic"}
    assert _drawn(planned(SHADOW, alarms=False)[1]) == {"AllTraffic", "shadow"}


@pytest.mark.parametrize("serving", [CHALLENGER, SHADOW])
def test_an_environment_of_another_kind_has_none(
    planned: Callable[..., tuple[EnvironmentSpec, Plan]], serving: str
) -> None:
    _, plan = planned(serving, "quiet")
    assert _variants(plan) == ["AllTraffic"]
    assert _variants(plan, "shadowProductionVariants") == []
    assert _watched(plan) == {"AllTraffic"}
    assert _drawn(planned(serving, "quiet", alarms=False)[1]) == {"AllTraffic"}


def test_without_variants_the_rest_is_as_it_was(planned: Callable[..., tuple[EnvironmentSpec, Plan]]) -> None:
    (_, plain), (_, compared) = planned(""), planned(CHALLENGER)
    # The code has mlstack.yaml in it.
    before, after = (
        {each.urn: each.properties for each in plan.resources if each.custom and each.name != "churn-dev-code"}
        for plan in (plain, compared)
    )
    assert before.keys() <= after.keys()
    added = {urn.rpartition("::")[2] for urn in after.keys() - before.keys()}
    assert added == {
        "churn-dev-model-challenger",
        "churn-dev-latency-of-challenger",
        "churn-dev-errors-of-challenger",
    } | {"churn-dev-client-errors-of-challenger"}
    changed = {urn.rpartition("::")[2] for urn in before if before[urn] != after[urn]}
    assert changed == {"churn-dev-endpoint-configuration"}


SCALED = (
    "  instances: {min: 1, max: 2}\n  variants: {challenger: {instances: {min: 2, max: 6}, scaling: "
    '{invocations_per_instance: 90, schedules: [{cron: "0 8 * * *", min: 3, max: 6}]}}, other: {}}\n'
)


def test_a_variant_is_scaled_beside_the_released_one(planned: Callable[..., tuple[EnvironmentSpec, Plan]]) -> None:
    spec, plan = planned(SCALED)
    scaled = {each.name: each.properties for each in plan.resources if "appautoscaling" in each.type}
    assert set(scaled) == {
        "churn-dev-scaling",
        "churn-dev-scaling-policy",
        "churn-dev-variant-challenger-scaling",
        "churn-dev-variant-challenger-scaling-policy",
        "churn-dev-variant-challenger-scaling-schedule-1",
    }
    target = scaled["churn-dev-variant-challenger-scaling"]
    assert (target["minCapacity"], target["maxCapacity"]) == (2, 6)
    assert target["resourceId"] == "endpoint/churn-dev/variant/challenger"
    tracking = scaled["churn-dev-variant-challenger-scaling-policy"]["targetTrackingScalingPolicyConfiguration"]
    assert tracking["targetValue"] == 90
    (configuration,) = _of(plan, CONFIGURATION)
    assert [each["initialInstanceCount"] for each in configuration["productionVariants"]] == [1, 2, 1]
    lines = {each.part: each.how for each in estimate(spec, plan.resources, TablePrices()).lines}
    assert lines["instances 2"].startswith("2 x ml.m5.large")


def test_a_busy_variant_is_not_scaled_down(
    planned: Callable[..., tuple[EnvironmentSpec, Plan]], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"/mlstack/churn/dev/release/instance-count-of-challenger": "5"}
    known = check_module._parameters
    monkeypatch.setattr(check_module, "_parameters", lambda spec: known(spec) | counts)
    _, plan = planned(SCALED)
    (configuration,) = _of(plan, CONFIGURATION)
    assert [each["initialInstanceCount"] for each in configuration["productionVariants"]] == [1, 5, 1]


@pytest.mark.parametrize(
    ("serving", "part", "instances"),
    [(CHALLENGER, "instances 2", "2 x ml.c5.large"), (SHADOW, "shadow instances", "1 x ml.m5.large")],
)
def test_a_variant_has_its_price(
    planned: Callable[..., tuple[EnvironmentSpec, Plan]], serving: str, part: str, instances: str
) -> None:
    spec, plan = planned(serving)
    lines = {each.part: each.how for each in estimate(spec, plan.resources, TablePrices()).lines}
    assert lines[part].startswith(instances)
    assert lines["instances"].startswith("1 x ml.m5.large")
