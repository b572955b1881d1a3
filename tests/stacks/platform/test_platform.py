"""What a platform consists of, and what a project takes from one, in check mode."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from mlstack_components.errors import MlstackError
from mlstack_stacks.naming import Names
from mlstack_stacks.plan.check import check
from mlstack_stacks.platform.composition import PARTS
from mlstack_stacks.platform.load import load_platform, load_platforms
from mlstack_stacks.platform.spec import PlatformParts
from mlstack_stacks.platform.spec_keys import NOT_SENT, ORIGINS
from mlstack_stacks.spec import load

from .conftest import SPEC

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_stacks.plan.resources import Plan

EXAMPLE = Path(__file__).parents[3] / "stacks" / "platform"
SAYINGS = {"roles", "state"}
"""They say what others may do, and provision nothing by themselves."""


@pytest.fixture
def plan(write_platform: Callable[..., Path]) -> Callable[..., Plan]:
    """Plans the platform without some parts."""

    def run(*off: str) -> Plan:
        # Notebooks are placed in the network, so they go with it.
        off = (*off, "workbench") if "network" in off else off
        document = {key: value for key, value in yaml.safe_load(SPEC).items() if key not in off}
        file = write_platform(yaml.safe_dump(document))
        return check(load_platform(file, "prod"), file.absolute().parent)

    return run


def test_every_environment_of_the_example_can_be_planned() -> None:
    for spec in load_platforms(EXAMPLE / "platform.yaml").environments.values():
        planned = check(spec, EXAMPLE)
        assert planned.in_the_cloud > 40
        assert planned.outputs["account"] == spec.account


@pytest.mark.parametrize("off", [(part,) for part in PARTS] + list(itertools.combinations(PARTS, 2)), ids="-".join)
def test_parts_are_switched_off(plan: Callable[..., Plan], off: tuple[str, ...]) -> None:
    without = {resource.urn for resource in plan(*off).resources}
    assert without < {resource.urn for resource in plan().resources}
    assert any(":Key::" in urn for urn in without)


def test_every_part_declares_or_says() -> None:
    provisioning = set(PlatformParts.model_fields) - {"owner", "cloud", "cost", "identity_providers"} - SAYINGS
    assert provisioning == set(PARTS)


def test_each_key_is_sent_or_said_why_not() -> None:
    known = {origin.key.partition(".")[0] for origin in ORIGINS} | {key.partition(".")[0] for key in NOT_SENT}
    assert set(PlatformParts.model_fields) <= known


def test_the_roles_of_deployments_are_bounded_and_reach_the_projects_names(plan: Callable[..., Plan]) -> None:
    planned = plan()
    roles = {each.properties["name"]: each for each in planned.resources if each.name.endswith(("-deploy", "-plan"))}
    assert set(roles) == {"mlstack-deploy-weather-prod", "mlstack-plan-weather-prod", "mlstack-deploy-churn-prod"}
    assert {each.properties["permissionsBoundary"] for each in roles.values()} == {
        "arn:aws:iam::111111111111:policy/boundary"
    }
    policies = [each for each in planned.resources if "-weather-deploy-" in each.name and "policy" in each.properties]
    statements = [entry for each in policies for entry in json.loads(each.properties["policy"])["Statement"]]
    own = {arn for entry in statements for arn in entry["Resource"]}
    assert "arn:aws:s3:::weather-prod-*" in own
    assert "arn:aws:sagemaker:eu-west-1:111111111111:*/weather-prod" in own
    assert "arn:aws:ssm:eu-west-1:111111111111:parameter/mlstack/weather/prod/*" in own


WORDS = st.from_regex(r"[a-z][a-z0-9]{0,7}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)


@given(WORDS.filter(lambda word: len(word) <= 40), WORDS.filter(lambda word: len(word) <= 20), WORDS)
def test_every_chosen_name_begins_as_said(project: str, environment: str, group: str) -> None:
    names = Names(project, environment)
    for name in (names.endpoint, names.pipeline, names.model_package_group, names.feature_group(group)):
        assert any(
            name.startswith(start[:-1]) if start.endswith("*") else name == start or name.startswith(f"{start}-")
            for start in names.beginnings
        ), (name, names.beginnings)


PROJECT = """\
name: churn
data: {source: data/churn.csv, target: churned}
steps:
  train: {entry_point: src/train.py, framework: sklearn}
registry: {}
platform: {stack: organization/acme/dev}
features: {customers: {record_identifier: id, event_time: at, schema: {id: string, at: string}}}
environments:
  dev: {account: "111111111111", region: eu-west-1}
"""


@pytest.fixture
def plan_project(write_project: Callable[..., Path]) -> Callable[[str], Plan]:
    def run(text: str) -> Plan:
        file = write_project(text)
        infra = file.absolute().parent / "infra"
        infra.mkdir(exist_ok=True)
        (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
        (infra / "__main__.py").write_text(
            "from mlstack_stacks import Project\n\nProject.from_spec('../mlstack.yaml')\n"
        )
        return check(load(file, "dev"), infra)

    return run


def test_a_project_is_planned_without_its_platform(plan_project: Callable[[str], Plan]) -> None:
    """All that the platform's stack alone can tell is known after apply, and nothing asks for the stack."""
    planned = plan_project(PROJECT)
    unknown = "<known after apply>"
    assert planned.outputs["subnet_ids"] == planned.outputs["vpc_id"] == unknown
    roles = [each for each in planned.resources if each.type == "aws:iam/role:Role"]
    assert len(roles) >= 3
    assert {each.properties["permissionsBoundary"] for each in roles} == {unknown}
    assert not [each for each in planned.resources if each.type.startswith("aws:ec2")]


def test_what_the_project_says_itself_goes_before(plan_project: Callable[[str], Plan]) -> None:
    own = "network: {vpc: vpc-0a0a0a0a, subnets: [subnet-0a0a0a0a], security_groups: [sg-0a0a0a0a]}\n"
    boundary = 'roles: {permissions_boundary: "arn:aws:iam::111111111111:policy/mine"}\n'
    planned = plan_project(PROJECT.replace("environments:", f"{own}{boundary}environments:\n  local: {{roles: null}}"))
    assert planned.outputs["subnet_ids"] == ["subnet-0a0a0a0a"]
    roles = [each for each in planned.resources if each.type == "aws:iam/role:Role"]
    assert {each.properties["permissionsBoundary"] for each in roles} == {"arn:aws:iam::111111111111:policy/mine"}


def test_the_network_alone_may_be_left_out(plan_project: Callable[[str], Plan]) -> None:
    planned = plan_project(PROJECT.replace("acme/dev}", "acme/dev, network: false}"))
    assert "subnet_ids" not in planned.outputs


def test_a_stacks_name_has_three_parts(plan_project: Callable[[str], Plan]) -> None:
    with pytest.raises(MlstackError, match=r'mlstack.yaml:6: platform.stack: "dev" is not the full name of a stack.'):
        plan_project(PROJECT.replace("organization/acme/dev", "dev"))
