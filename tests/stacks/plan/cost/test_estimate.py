"""An estimate is what resources use times what it costs, adds up, and hides nothing."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.cost.estimate import document, estimate, items
from mlstack_stacks.plan.cost.prices import TablePrices
from mlstack_stacks.plan.cost.usage import Item
from mlstack_stacks.spec import Assumptions, Cost, EnvironmentSpec, load

from .conftest import endpoint, planned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLE = TablePrices()
ASSUMED = """\
cost:
  assumptions:
    {hours_per_month: 700, runs_per_month: 10, hours_per_step: 0.5, storage_gb: 100, storage_writes: 2000,
     storage_reads: 5000, image_gb: 4, log_gb: 2, key_requests: 20000, messages: 500, secret_reads: 0}
"""


def _amounts(found: Any) -> dict[tuple[str, str], float]:
    return {(line.resource, line.part): line.monthly for line in found.lines}


def _spec(**assumptions: float) -> EnvironmentSpec:
    cost = Cost(assumptions=Assumptions(**assumptions))
    return EnvironmentSpec(name="churn", environment="prod", account="222222222222", region="us-east-1", cost=cost)


@pytest.fixture
def plan(write_project: Callable[..., Path], spec_text: str, tmp_path: Path) -> Any:
    """The specification with every part and its plan."""
    file = write_project(spec_text + ASSUMED)
    infra = tmp_path / "infra"
    infra.mkdir()
    (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
    (infra / "__main__.py").write_text(
        "from mlstack_stacks import Project\nfrom pathlib import Path\n"
        "Project.from_spec(Path(__file__).parent.parent / 'mlstack.yaml')\n"
    )
    spec = load(file, "prod")
    return spec, check(spec, infra).resources


def test_a_project_with_every_part_by_hand(plan: Any) -> None:
    """The sums are worked out here from the table's prices and ASSUMED, not by the code."""
    found = estimate(*plan, TABLE)
    bucket = {"storage": 100 * 0.023, "writes": 2000 / 1000 * 0.005, "reads": 5000 / 1000 * 0.0004}
    # 10 runs of half an hour, prepare and evaluate on ml.m5.large, train on ml.m5.xlarge, each with 30 GB.
    disk = 30 * 0.14 * 10 * 0.5 / 700
    expected = {
        ("churn-prod-endpoint", "instances"): 2 * 700 * 0.115,
        ("churn-prod-endpoint-logs", "logs written"): 2 * 0.50,
        ("churn-prod-endpoint-logs", "logs kept"): 2 * 12 * 0.03,
        ("churn-prod-images", "images"): 4 * 0.10,
        ("churn-prod-key", "key"): 1.00,
        ("churn-prod-key", "requests"): 20000 / 10000 * 0.03,
        ("churn-prod-pipeline", "prepare"): 10 * 0.5 * 0.115,
        ("churn-prod-pipeline", "train"): 10 * 0.5 * 0.23,
        ("churn-prod-pipeline", "evaluate"): 10 * 0.5 * 0.115,
        **{("churn-prod-pipeline", f"{step}: disk"): disk for step in ("prepare", "train", "evaluate")},
        **{(f"churn-prod-{name}", part): usd for name in ("artifacts", "data", "logs") for part, usd in bucket.items()},
    }
    amounts = _amounts(found)
    sns = {key: usd for key, usd in amounts.items() if key not in expected}
    assert {key: amounts[key] for key in expected} == pytest.approx(expected, abs=1e-6)
    # The topic, its one address, and the dead-letter queue: 500 messages each.
    assert sorted(sns.values()) == pytest.approx(
        sorted([500 / 1e6 * 0.50, 500 / 1e5 * 2.00, 500 * 3 / 1e6 * 0.40]), abs=1e-6
    )
    assert found.monthly == pytest.approx(sum(expected.values()) + sum(sns.values()), abs=1e-4)


def test_nothing_of_the_built_in_parts_is_unknown(plan: Any) -> None:
    found = estimate(*plan, TABLE)
    assert [(each.resource, each.part) for each in found.unpriced] == [
        ("churn-prod-endpoint", "disks"),
        ("churn-prod-endpoint", "data in and out"),
        ("churn-prod-customers", "online store"),
    ]
    _, resources = plan
    told = {line.resource for line in found.lines} | {each.resource for each in found.unpriced}
    in_the_cloud = [each for each in resources if each.custom]
    assert len({(each.type, each.name) for each in in_the_cloud if each.name in told}) + sum(
        found.free.values()
    ) >= len(in_the_cloud)
    assert found.free["aws:iam:Role"] == 5


def test_the_shares_are_percent_of_the_total(plan: Any) -> None:
    found = estimate(*plan, TABLE)
    assert sum(line.share for line in found.lines) == pytest.approx(100)
    assert [line.monthly for line in found.lines] == sorted((line.monthly for line in found.lines), reverse=True)


def test_a_document_is_json_and_complete(plan: Any) -> None:
    spec, resources = plan
    found = document(spec, estimate(spec, resources, TABLE), TABLE)
    assert json.loads(json.dumps(found)) == found
    assert {"currency", "monthly", "lines", "assumptions", "prices", "unpriced", "deployed", "difference"} <= {*found}
    assert found["prices"] == {"source": "mlstack's table", "date": "2026-09", "region": "us-east-1"}
    assert found["assumptions"]["hours_per_month"] == 700
    assert found["lines"][0]["price"]["usd"] == 0.115


def test_an_unknown_instance_type_is_unpriced_by_name() -> None:
    found = estimate(_spec(), endpoint("ml.z9.large"), TABLE)
    assert found.lines == ()
    assert found.monthly == 0
    reasons = {each.part: each.reason for each in found.unpriced}
    assert reasons["instances"] == "no price of SageMaker ml.z9.large"


def test_an_unknown_kind_of_resource_is_unpriced_by_name() -> None:
    found = estimate(_spec(), [planned("aws:ec2/instance:Instance", "mine")], TABLE)
    assert [(each.type, each.resource) for each in found.unpriced] == [("aws:ec2:Instance", "mine")]
    assert found.free == {}


def test_components_and_providers_are_not_resources_of_the_cloud() -> None:
    component = dataclasses.replace(planned("mlstack:aws:Endpoint", "c"), custom=False)
    found = estimate(_spec(), [component, planned("pulumi:providers:aws", "p")], TABLE)
    assert (found.lines, found.unpriced, found.free) == ((), (), {})


COUNTS = st.integers(1, 100)
INSTANCES = st.sampled_from(["ml.m5.large", "ml.g5.48xlarge", "ml.t3.medium", "ml.nonesuch.large"])


@given(INSTANCES, COUNTS, COUNTS)
def test_cost_grows_with_instances(instance: str, count: int, more: int) -> None:
    less = estimate(_spec(), endpoint(instance, count), TABLE).monthly
    greater = estimate(_spec(), endpoint(instance, count + more), TABLE).monthly
    assert greater > less or instance == "ml.nonesuch.large"


LIMITED = {"hours_per_month", "spot_saving_percent"}
AMOUNTS = st.floats(0, 1e9)


@given(
    st.lists(st.tuples(INSTANCES, COUNTS), max_size=5),
    st.fixed_dictionaries({name: AMOUNTS for name in Assumptions.model_fields if name not in LIMITED}),
)
def test_it_is_never_negative_and_adds_up(endpoints: list[tuple[str, int]], assumptions: dict[str, float]) -> None:
    resources = [each for index, pair in enumerate(endpoints) for each in endpoint(*pair, name=f"e{index}")]
    resources += [planned("aws:s3/bucket:Bucket", "b"), planned("aws:cloudwatch/logGroup:LogGroup", "l")]
    found = estimate(_spec(**assumptions), resources, TABLE)
    assert all(line.monthly >= 0 and line.quantity >= 0 for line in found.lines)
    assert found.monthly == round(math.fsum(line.monthly for line in found.lines), 6)
    assert len(found.lines) + len(found.unpriced) == 5 + sum(3 for _ in endpoints)


class TestDifference:
    """What is deployed is estimated by the same code, and put beside it."""

    def test_no_change_is_no_difference(self, plan: Any) -> None:
        spec, resources = plan
        found = estimate(spec, resources, TABLE, resources)
        assert found.deployed == found.monthly
        assert found.difference == 0
        assert {line.difference for line in found.lines} == {0}

    def test_a_line_each_and_a_total(self) -> None:
        before = [*endpoint("ml.m5.large", 1), planned("aws:kms/key:Key", "gone")]
        found = estimate(_spec(key_requests=0), endpoint("ml.m5.xlarge", 2), TABLE, before)
        lines = {(line.resource, line.part): line for line in found.lines}
        instances = lines["e", "instances"]
        assert (instances.deployed, instances.monthly) == (pytest.approx(83.95), pytest.approx(335.8))
        assert instances.difference == pytest.approx(251.85)
        gone = lines["gone", "key"]
        assert (gone.monthly, gone.deployed, gone.difference, gone.how) == (0, 1, -1, "no longer planned")
        assert found.deployed == pytest.approx(84.95)
        assert found.difference == pytest.approx(250.85)
        assert found.difference == pytest.approx(sum(line.difference or 0 for line in found.lines))

    def test_a_price_on_one_side_only_is_no_difference(self) -> None:
        found = estimate(_spec(), endpoint("ml.z9.large"), TABLE, endpoint("ml.m5.large"))
        assert [(line.deployed, line.difference) for line in found.lines] == [(pytest.approx(83.95), None)]
        assert found.difference is None
        found = estimate(_spec(), endpoint("ml.m5.large"), TABLE, endpoint("ml.z9.large"))
        assert [(line.deployed, line.difference) for line in found.lines] == [(None, None)]
        assert found.difference is None

    def test_nothing_deployed_is_all_difference(self) -> None:
        found = estimate(_spec(), endpoint(), TABLE, [])
        assert (found.deployed, found.difference) == (0, found.monthly)


def test_what_has_to_have_a_price_is_known_before_it_is_asked_for() -> None:
    resources = [*endpoint("ml.m5.large", 3), planned("aws:ecr/repository:Repository", "r")]
    assert items(_spec(), resources) == {Item("SageMaker", "ml.m5.large", "Hosting"), Item("ECR", "private-storage")}
