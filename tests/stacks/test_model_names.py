"""Models whose names begin with each other's: each resource is the model's that declares it, or the pair is refused."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.naming import Names
from mlstack_stacks.plan.check import check
from mlstack_stacks.spec import load
from mlstack_stacks.spec.model_names import RESOURCE_NAMES, taken
from mlstack_stacks.spec_keys import owner_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.plan.resources import Plan, PlannedResource

SPEC = """\
name: shop
notifications: {emails: [ml-team@example.com]}
models:
MODELS
environments:
  dev: {account: "222222222222", region: eu-west-1}
"""
STEPS = "steps: {train: {entry_point: src/train.py, framework: sklearn}, evaluate: {entry_point: src/evaluate.py}}"
SCALED = "instances: {min: 1, max: 4}"
SCHEDULES = 'scaling: {schedules: [{cron: "0 8 * * MON-FRI", min: 2, max: 4}]}'
ALARMS = (
    "alarms: {latency_p99_ms: 500, error_percent: 1, client_error_percent: 5, cpu_percent: 90, memory_percent: 90, "
    "disk_percent: 90}"
)
KINDS = {
    "realtime": (
        f"serving: {{kind: realtime, {SCALED}, {SCHEDULES}, idle_shutdown: '0 20 * * *', "
        f"variants: {{b: {{{SCALED}}}}}}}",
        f"{{{ALARMS}}}",
    ),
    "watched": (
        "serving: {kind: realtime, capture_percent: 100}",
        "{data_quality: daily, model_quality: daily}",
    ),
    "asynchronous": (
        "serving: {kind: asynchronous, instances: {min: 0, max: 4}}",
        "{alarms: {queue_age_minutes: 30, error_percent: 1}}",
    ),
    "scheduled": (
        'serving: {kind: batch, batch: {source: incoming/, on_new_data: true, schedule: "0 8 * * *"}}',
        "{}",
    ),
}
PROGRAM = """\
from pathlib import Path
from mlstack_stacks import Project
Project.from_spec(Path(__file__).parent.parent / "mlstack.yaml")
"""


def _of_kind(name: str, kind: str) -> str:
    serving, monitoring = KINDS[kind]
    registry = '{images: false, share_with: ["333333333333"]}'
    return f"  {name}:\n    registry: {registry}\n    {STEPS}\n    {serving}\n    monitoring: {monitoring}"


def _with(*models: str) -> str:
    return SPEC.replace("MODELS", "\n".join(models))


@pytest.fixture
def planned(write_project: Callable[..., Path]) -> Callable[..., Plan]:
    """Plans models, each written out."""

    def run(*models: str) -> Plan:
        file = write_project(_with(*models))
        infra = file.absolute().parent / "infra"
        infra.mkdir(exist_ok=True)
        (infra / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        (infra / "__main__.py").write_text(PROGRAM)
        return check(load(file, "dev"), infra)

    return run


def _declaring(plan: Plan, resource: PlannedResource) -> str | None:
    """The logical name of the model's component that a resource is below."""
    by_urn = {each.urn: each for each in plan.resources}
    at: PlannedResource | None = resource
    while at is not None:
        if at.short_type == "mlstack:stacks:Model":
            return at.name
        at = by_urn.get(at.parent or "")
    return None


def test_every_name_of_a_models_resources_is_known(planned: Callable[..., Plan]) -> None:
    plan = planned(*(_of_kind(f"x{kind}", kind) for kind in KINDS))
    rests = {
        each.name.removeprefix(f"{model}-")
        for each in plan.resources
        if (model := _declaring(plan, each)) is not None and each.name != model
    }
    unknown = sorted(each for each in rests if not any(fnmatchcase(each, name) for name in RESOURCE_NAMES))
    assert unknown == [], "add them to `RESOURCE_NAMES`"
    unused = [name for name in RESOURCE_NAMES if not any(fnmatchcase(each, name) for each in rests)]
    assert unused == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_resource_is_the_models_that_declares_it(
    planned: Callable[..., Plan], write_project: Callable[..., Path], kind: str
) -> None:
    """Whatever another model may be called, it takes nothing of this one's."""
    plan = planned(_of_kind("x", kind), "  y:\n    registry: {}")
    own = [each.name for each in plan.resources if _declaring(plan, each) == "shop-dev--x"]
    words = {name.removeprefix("shop-dev--x-") for name in own if name != "shop-dev--x"}
    tricky = {"-".join(word.split("-")[:count]) for word in words for count in range(1, word.count("-") + 2)}
    tricky |= {f"{each}-{more}" for each in tricky for more in ("eu", "policy", "b")}
    accepted = sorted(each for each in tricky if not taken(each) and len(each) <= 20)
    assert accepted
    assert len(accepted) < len(tricky)
    for rest in accepted:
        spec = load(write_project(_with(_of_kind("x", kind), f"  x-{rest}:\n    registry: {{}}")), "dev")
        assert {Names.of(owner_of(spec, name)).model for name in own} == {"x"}, rest


@pytest.mark.parametrize("rest", ["endpoint", "model", "model-eu", "pipeline", "training", "latency", "data", "watch"])
def test_a_pair_of_which_one_is_called_like_a_part_of_the_other_is_refused(
    write_project: Callable[..., Path], rest: str
) -> None:
    with pytest.raises(SpecError) as raised:
        load(write_project(_with("  x:\n    registry: {}", f"  x-{rest}:\n    registry: {{}}")), "dev")
    (problem,) = raised.value.problems
    assert (problem.line, problem.key) == (6, f"models.x-{rest}")
    assert "the model x, which has resources" in problem.message
    assert f"`{rest}-x`" in str(problem.suggestion)


def test_names_that_begin_with_one_another_are_fine_else(write_project: Callable[..., Path]) -> None:
    models = [f"  {name}:\n    registry: {{}}" for name in ("x", "x-eu", "endpoint", "endpoint-x", "xendpoint")]
    assert list(load(write_project(_with(*models)), "dev").views()) == [
        "x",
        "x-eu",
        "endpoint",
        "endpoint-x",
        "xendpoint",
    ]
