"""What an environment consists of whose serving is asynchronous or serverless, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.checks import run_checks
from mlstack_stacks.plan.cost.estimate import estimate
from mlstack_stacks.plan.cost.prices import TablePrices
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.plan.resources import Plan
    from mlstack_stacks.spec import EnvironmentSpec

REALTIME = "serving: {kind: realtime, instance_type: ml.m5.large, instances: {min: 1}}"
NOBODY = "notifications: {emails: [ml-team@example.com]}\n"
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"


@pytest.fixture
def planned(write_project: Callable[..., Path], spec_text: str) -> Callable[..., tuple[EnvironmentSpec, Plan]]:
    """Plans the environment dev with another `serving`."""

    def run(serving: str, *, told: bool = True, more: str = "") -> tuple[EnvironmentSpec, Plan]:
        text = spec_text.replace(REALTIME, f"serving: {{{serving}}}").replace(", serving: {instances: {min: 2}}", "")
        file = write_project(more + (text if told else text.replace(NOBODY, "")))
        infra = file.absolute().parent / "infra"
        infra.mkdir(exist_ok=True)
        (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
        (infra / "__main__.py").write_text(
            "from mlstack_stacks import Project\n\nproject = Project.from_spec('../mlstack.yaml')\n"
        )
        spec = load(file, "dev")
        return spec, check(spec, infra)

    return run


def of(plan: Plan, kind: str) -> list[Any]:
    return [resource.properties for resource in plan.resources if resource.type == kind]


ASYNCHRONOUS = "kind: asynchronous, instance_type: ml.m5.large, instances: {min: 0, max: 3}"


@pytest.mark.parametrize(
    ("notify", "told", "topics"),
    [
        ("failures", True, {"errorTopic"}),
        ("everything", True, {"errorTopic", "successTopic"}),
        ("nothing", True, set()),
        ("failures", False, set()),
    ],
)
def test_notifications_are_told_of_calls(
    planned: Callable[..., Any], notify: str, told: bool, topics: set[str]
) -> None:
    _, plan = planned(f"{ASYNCHRONOUS}, asynchronous: {{notify: {notify}}}", told=told)
    (configuration,) = of(plan, CONFIGURATION)
    output = configuration["asyncInferenceConfig"]["outputConfig"]
    assert set(output.get("notificationConfig", {})) == topics


def test_an_asynchronous_endpoint_starts_with_one_instance_and_scales_to_none(planned: Callable[..., Any]) -> None:
    spec, plan = planned(ASYNCHRONOUS)
    (configuration,) = of(plan, CONFIGURATION)
    assert configuration["productionVariants"][0]["initialInstanceCount"] == 1
    (target,) = of(plan, "aws:appautoscaling/target:Target")
    assert (target["minCapacity"], target["maxCapacity"]) == (0, 3)
    kinds = sorted(each["policyType"] for each in of(plan, "aws:appautoscaling/policy:Policy"))
    assert kinds == ["StepScaling", "TargetTrackingScaling"]
    (scaling,) = [each for each in plan.resources if each.type == "mlstack:aws:EndpointBacklogScaling"]
    assert str(scaling.parent).endswith("mlstack:aws:Endpoint::churn-dev")
    assert "single_instance" not in {warning.rule for warning in run_checks(spec)}


@pytest.mark.parametrize(("least", "hours"), [(0, 0), (1, 730), (2, 1460)])
def test_asynchronous_instances_cost_what_is_always_there(planned: Callable[..., Any], least: int, hours: int) -> None:
    spec, plan = planned(ASYNCHRONOUS.replace("min: 0", f"min: {least}"))
    lines = estimate(spec, plan.resources, TablePrices()).lines
    (instances,) = [line for line in lines if line.part == "instances"]
    assert instances.quantity == hours


def test_a_serverless_endpoint_has_no_instances_and_no_price(planned: Callable[..., Any]) -> None:
    spec, plan = planned("kind: serverless, serverless: {memory_mb: 3072, max_concurrency: 9}")
    (configuration,) = of(plan, CONFIGURATION)
    (variant,) = configuration["productionVariants"]
    assert variant["serverlessConfig"] == {"memorySizeInMb": 3072, "maxConcurrency": 9}
    assert not {"instanceType", "initialInstanceCount"} & variant.keys()
    assert not of(plan, "aws:appautoscaling/target:Target")
    found = estimate(spec, plan.resources, TablePrices())
    assert "no price of serverless inference" in {each.reason for each in found.unpriced}
    assert "single_instance" not in {warning.rule for warning in run_checks(spec)}


ALARMS = "monitoring: {alarms: {failed_runs: false}}\n"


@pytest.mark.parametrize(
    ("serving", "alarms", "names"),
    [
        ("kind: serverless", ALARMS, {"latency", "errors", "client-errors", "memory"}),
        ("kind: asynchronous", ALARMS, {"errors", "client-errors", "memory", "cpu", "disk", "queue-age"}),
        (
            "kind: asynchronous",
            ALARMS.replace("failed_runs", "latency_p99_ms: 900, failed_runs"),
            {"latency", "errors", "client-errors", "memory", "cpu", "disk", "queue-age"},
        ),
    ],
)
def test_a_kind_has_the_alarms_that_mean_something(
    planned: Callable[..., Any], serving: str, alarms: str, names: set[str]
) -> None:
    _, plan = planned(serving, more=alarms)
    found = {each.name for each in plan.resources if each.type == "aws:cloudwatch/metricAlarm:MetricAlarm"}
    assert found == {f"churn-dev-{name}" for name in names}


def test_notifications_tell_of_failed_batches_and_of_no_endpoint(
    planned: Callable[..., tuple[EnvironmentSpec, Plan]],
) -> None:
    _, plan = planned("kind: batch, batch: {source: incoming/}")
    rules = {each.name for each in plan.resources if each.type == "aws:cloudwatch/eventRule:EventRule"}
    assert "churn-dev-batch-failed" in rules
    assert "churn-dev-endpoint-changed" not in rules
