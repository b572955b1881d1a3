"""Copies of buckets in another region are in the estimate, and what has no price of them is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.cost.estimate import estimate
from mlstack_stacks.plan.cost.prices import TablePrices
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.plan.cost.estimate import Estimate


def _estimate(file: Path) -> Estimate:
    infra = file.absolute().parent / "infra"
    infra.mkdir(exist_ok=True)
    (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
    (infra / "__main__.py").write_text(
        "from mlstack_stacks import Project\nfrom pathlib import Path\n"
        "Project.from_spec(Path(__file__).parent.parent / 'mlstack.yaml')\n"
    )
    spec = load(file, "prod")
    return estimate(spec, check(spec, infra).resources, TablePrices())


def test_a_copy_costs_what_its_original_does_and_a_key(write_project: Callable[..., Path], spec_text: str) -> None:
    before = _estimate(write_project(spec_text))
    after = _estimate(write_project(spec_text + "storage: {replicate_to: eu-central-1}\n"))
    amounts = {(line.resource, line.part): line.monthly for line in after.lines}
    for what in ("data", "artifacts", "logs"):
        for part in ("storage", "writes", "reads"):
            assert amounts[f"churn-prod-{what}-copy", part] == amounts[f"churn-prod-{what}", part] > 0
    assert amounts["churn-prod-copy-key", "key"] == 1.0
    copies = sum(amount for (resource, _), amount in amounts.items() if "-copy" in resource)
    assert round(after.monthly - before.monthly, 6) == round(copies, 6)
    transfers = [each for each in after.unpriced if each.part == "transfer"]
    assert {each.resource for each in transfers} == {"churn-prod-data-replication", "churn-prod-artifacts-replication"}
    assert {each.reason for each in transfers} == {"no price of transfer from eu-west-1 to eu-central-1"}
