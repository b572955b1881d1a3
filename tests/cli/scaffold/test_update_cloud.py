"""What `mlstack update --dry-run` says of the cloud."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from mlstack.scaffold.update import cloud

from .test_update import ONE, QUESTIONS, everything, mlstack

if TYPE_CHECKING:
    from pathlib import Path

INFRA = {
    "template/infra/Pulumi.yaml": "name: churn\nruntime: python\n",
    "template/infra/__main__.py": 'from mlstack_stacks import Project\n\nProject.from_spec("../mlstack.yaml")\n',
}
SPEC = """
name: churn
environments:
  dev: {account: "111111111111", region: eu-west-1}
"""


def resource(name: str, /, **properties: object) -> dict[str, object]:
    return {"urn": f"urn:{name}", "type": "aws:sns/topic:Topic", "name": name, "properties": properties}


def test_resources_are_told_by_what_happens_to_them():
    old = {
        "a": resource("same", tags={"mlstack:commit": "1", "owner": "x"}, source={"path": "/one/file"}),
        "b": resource("changed", displayName="a", tags={}),
        "c": resource("replaced", name="a"),
        "d": resource("deleted"),
    }
    new = {
        "a": resource("same", tags={"mlstack:commit": "2", "owner": "x"}, source={"path": "/another/file"}),
        "b": resource("changed", displayName="b", tags={}),
        "c": resource("replaced", name="b"),
        "e": resource("added"),
    }
    found = cloud._resources(old, new, cloud._replacing())
    assert [(each.kind, each.name, each.properties) for each in found] == [
        ("changed", "changed", ("displayName",)),
        ("replaced", "replaced", ("name",)),
        ("added", "added", ()),
        ("deleted", "deleted", ()),
    ]


def test_a_dry_run_tells_resources_and_cost_of_each_environment(capsys, platform_team, tmp_path: Path):
    platform_team.publish("1.0.0", {**ONE, **INFRA, "template/mlstack.yaml": SPEC})
    project = tmp_path / "churn"
    assert mlstack("init", "acme/churn", project, "--yes") == 0
    before = everything(project)
    platform_team.publish("1.1.0", {"template/mlstack.yaml": f"{SPEC}budget: {{monthly_usd: 300}}\n"})
    capsys.readouterr()
    assert mlstack("update", project, "--dry-run", "--json") == 0
    (change,) = json.loads(capsys.readouterr().out)["cloud"]
    assert (change["environment"], change["problem"]) == ("dev", None)
    kinds = {(each["kind"], each["type"]) for each in change["resources"]}
    assert ("added", "aws:budgets/budget:Budget") in kinds
    assert {kind for kind, _ in kinds} == {"added"}
    assert change["monthly_after"] >= change["monthly_before"] > 0
    assert everything(project) == before


@pytest.mark.parametrize("broken", ["template/mlstack.yaml", "template/infra/__main__.py"])
def test_what_can_not_be_planned_is_told_and_the_rest_is_shown(capsys, platform_team, tmp_path: Path, broken: str):
    platform_team.publish("1.0.0", {**ONE, **INFRA, "template/mlstack.yaml": SPEC, "copier.yml": QUESTIONS})
    project = tmp_path / "churn"
    assert mlstack("init", "acme/churn", project, "--yes") == 0
    platform_team.publish("1.1.0", {broken: "neither: [YAML\nnor Python\n"})
    assert mlstack("update", project, "--dry-run") == 0
    out = capsys.readouterr().out
    assert broken.removeprefix("template/") in out
    assert "can not be planned" in out
