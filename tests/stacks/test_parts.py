"""Each part of a project can be switched off alone, whatever the others are."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from mlstack_stacks.plan.check import check
from mlstack_stacks.spec import load
from mlstack_stacks.spec.models import Parts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.plan.resources import Plan

EVERYTHING = """\
name: churn
owner: ml-team
data: {source: data/churn.csv, target: churned}
storage: {replicate_to: eu-central-1}
steps:
  prepare: {entry_point: src/prepare.py}
  train: {entry_point: src/train.py, framework: sklearn, hyperparameters: {max_depth: 6}}
  tune: {objective: {metric: f1}, max_jobs: 8, ranges: {max_depth: [2, 12]}}
  evaluate: {entry_point: src/evaluate.py, gates: {accuracy: ">= 0.80"}}
images: {extra: {dockerfile: docker/Dockerfile, context: docker}}
registry: {share_with: ["222222222222"], card: {intended_use: Tells who leaves.}}
serving: {kind: realtime, instances: {min: 2}, capture_percent: 20, shadow: {percent: 50}}
notifications: {emails: [ml-team@example.com]}
monitoring: {alarms: {}, data_quality: daily, model_quality: daily}
budget: {monthly_usd: 300, anomaly_usd: 50}
features:
  customers: {record_identifier: id, event_time: at, schema: {id: string, at: string, visits: integer}}
network: {zones: 2}
platform: {stack: organization/acme-platform/dev}
roles: {permissions_boundary: "arn:aws:iam::111111111111:policy/boundary"}
secrets: {churn/key: [training]}
tracking: {experiment: churn}
continuous_deployment: {deployers: ["arn:aws:iam::111111111111:role/operator"]}
environments:
  dev: {account: "111111111111", region: eu-west-1}
  local: {roles: null}
"""
PARTS = sorted(set(yaml.safe_load(EVERYTHING)) - {"name", "owner", "environments"})
# They say what others may do, and provision nothing by themselves.
SAYINGS = {"platform", "roles", "secrets"}


# The plan with everything on is the same for all tests of a process.
_EVERYTHING_PLANNED: list[frozenset[str]] = []


@pytest.fixture
def plan(write_project: Callable[..., Path]) -> Callable[..., Plan]:
    """Plans the environment of everything but some parts."""

    def run(*off: str) -> Plan:
        document: dict[str, Any] = yaml.safe_load(EVERYTHING)
        file = write_project(yaml.safe_dump({key: value for key, value in document.items() if key not in off}))
        infra = file.absolute().parent / "infra"
        infra.mkdir(exist_ok=True)
        (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
        (infra / "__main__.py").write_text(
            "from mlstack_stacks import Project\n\nproject = Project.from_spec('../mlstack.yaml')\n"
        )
        return check(load(file, "dev"), infra)

    return run


def test_everything_is_every_part_that_there_is() -> None:
    assert set(PARTS) == set(Parts.model_fields) - {"owner", "cloud", "cost", "models"}


@pytest.mark.parametrize("off", [(part,) for part in PARTS] + list(combinations(PARTS, 2)), ids="-".join)
def test_parts_are_switched_off(plan: Callable[..., Plan], off: tuple[str, ...]) -> None:
    without = {resource.urn for resource in plan(*off).resources}
    if not _EVERYTHING_PLANNED:
        _EVERYTHING_PLANNED.append(frozenset(resource.urn for resource in plan().resources))
    (with_them,) = _EVERYTHING_PLANNED
    assert without <= with_them
    assert without != with_them or SAYINGS.issuperset(off), (
        "a part that is off provisions nothing, and takes nothing of the others away but itself"
    )
    assert any(":Key::" in urn for urn in without)
