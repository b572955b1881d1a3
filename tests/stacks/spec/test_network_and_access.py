"""Networks, roles and secrets in mlstack.yaml: what is taken, and what is said of what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import load, load_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VPC, SUBNET, OTHER = "vpc-0123456789abcdef0", "subnet-0123456789abcdef0", "subnet-01234567"
GROUP = "sg-0123456789abcdef0"
ROLE = "arn:aws:iam::111111111111:role/teams/ml/training"
THERE = f"vpc: {VPC}, subnets: [{SUBNET}], security_groups: [{GROUP}]"


def _with(text: str, spec: str, environment: str = "dev") -> str:
    """The specification with a line more in an environment."""
    old = f"  {environment}: {{"
    assert old in spec
    return spec.replace(old, f"{old}{text}, ", 1)


@pytest.mark.parametrize(
    ("written", "zones"),
    [("2", ("a", "b")), ("6", tuple("abcdef")), ("[a, c]", ("a", "c")), ("[c]", ("c",))],
)
def test_zones_are_a_number_or_letters(
    write_project: Callable[..., Path], spec_text: str, written: str, zones: tuple[str, ...]
) -> None:
    network = load(write_project(_with(f"network: {{zones: {written}}}", spec_text)), "dev").network
    assert network is not None
    assert (network.zones, network.cidr, network.vpc) == (zones, "10.0.0.0/16", None)


def test_a_network_that_is_there_is_taken_as_it_is(write_project: Callable[..., Path], spec_text: str) -> None:
    network = load(write_project(_with(f"network: {{{THERE}}}", spec_text)), "dev").network
    assert network is not None
    assert (network.vpc, network.subnets, network.security_groups) == (VPC, (SUBNET,), (GROUP,))
    assert network.zones is None


def test_an_environment_may_have_a_network_of_the_other_kind(
    write_project: Callable[..., Path], spec_text: str
) -> None:
    text = "network: {zones: 2}\n" + _with(f"network: {{zones: null, {THERE}}}", spec_text)
    specs = load_all(write_project(text)).environments
    assert specs["dev"].network is not None
    assert specs["prod"].network is not None
    assert (specs["dev"].network.vpc, specs["prod"].network.vpc) == (VPC, None)


# (what stands in the environment dev, key below the environment, words of the message, words of the suggestion)
CASES = [
    ("network: {}", "network", "says neither", "Add `zones: 2`."),
    ("network: {cidr: 10.1.0.0/16}", "network", "says neither", "Add `zones: 2`."),
    (f"network: {{zones: 2, {THERE}}}", "network.zones", "`vpc` names one that is", "Remove one of the two."),
    (f"network: {{zones: 2, subnets: [{SUBNET}]}}", "network.zones", "`subnets` names one that is", "Remove one"),
    (f"network: {{cidr: 10.1.0.0/16, {THERE}}}", "network.cidr", "has its addresses already", "Remove one of the two."),
    (f"network: {{vpc: {VPC}}}", "network", "needs `subnets` and `security_groups` too", "Add"),
    (f"network: {{subnets: [{SUBNET}], security_groups: [{GROUP}]}}", "network", "needs `vpc` too", "Add"),
    ("network: {zones: 0}", "network.zones", "1 to 6", ""),
    ("network: {zones: 7}", "network.zones", "1 to 6", ""),
    ("network: {zones: true}", "network.zones", "number of zones or a list of their letters", "such as 2"),
    ("network: {zones: two}", "network.zones", "number of zones or a list of their letters", "such as 2"),
    ("network: {zones: []}", "network.zones", "number of zones or a list of their letters", "such as 2"),
    ("network: {zones: [a, g]}", "network.zones", '"g" is not a zone\'s letter', ""),
    ("network: {zones: [eu-west-1a]}", "network.zones", '"eu-west-1a" is not a zone\'s letter', "[a, c]"),
    ("network: {zones: [a, a]}", "network.zones", "more than once", "Remove one."),
    ("network: {zones: 2, cidr: 10.0.0}", "network.cidr", "not a range of IPv4 addresses", "10.0.0.0/16"),
    ('network: {zones: 2, cidr: "fd00::/48"}', "network.cidr", "not a range of IPv4 addresses", "10.0.0.0/16"),
    ("network: {zones: 2, cidr: 10.0.0.0}", "network.cidr", "no range", "10.0.0.0/16"),
    ("network: {zones: 2, cidr: 10.0.3.0/16}", "network.cidr", "does not begin", "Write 10.0.0.0/16."),
    ("network: {zones: 2, cidr: 8.8.0.0/16}", "network.cidr", "not a private range", "10.0.0.0/16"),
    ("network: {zones: 2, cidr: 10.0.0.0/8}", "network.cidr", "larger than AWS allows", "10.0.0.0/16"),
    ("network: {zones: 2, cidr: 10.0.0.0/26}", "network.cidr", "too small for the zones a, b", "Write /25"),
    ("network: {zones: 5, cidr: 10.0.0.0/25}", "network.cidr", "too small for the zones a, b, c, d, e", "Write /24"),
    (f"network: {{{THERE.replace(VPC, 'vpc-1')}}}", "network.vpc", '"vpc-1" is not the id of a VPC', "vpc-0123"),
    (f"network: {{{THERE.replace(SUBNET, GROUP)}}}", "network.subnets[0]", "not the id of a subnet", "subnet-0123"),
    (f"network: {{{THERE.replace(SUBNET, f'{SUBNET}, {SUBNET}')}}}", "network.subnets", "more than once", "Remove"),
    (f"network: {{{THERE.replace(GROUP, SUBNET)}}}", "network.security_groups[0]", "not the id of a security", "sg-0"),
    (f"network: {{{THERE.replace(f'[{SUBNET}]', '[]')}}}", "network.subnets", "must not be empty", ""),
    ("roles: {training: training}", "roles.training", "is not the ARN of a role", "arn:aws:iam::111111111111:role/"),
    (f"roles: {{permissions_boundary: {ROLE}}}", "roles.permissions_boundary", "not the ARN of a policy", "policy/"),
    (f"roles: {{tuning: {ROLE}}}", "roles.tuning", "unknown key", "training"),
    (
        f"roles: {{pipeline: {ROLE.replace('111111111111', '333333333333')}}}",
        "roles.pipeline",
        "belongs to the account 333333333333, and `dev` is in 111111111111",
        "below the environment that it is for",
    ),
    (
        "roles: {permissions_boundary: arn:aws:iam::333333333333:policy/b}",
        "roles.permissions_boundary",
        "belongs to the account 333333333333",
        "",
    ),
    ("secrets: {weather/api-key: [pipeline]}", "secrets.weather/api-key[0]", '"processing", "training"', ""),
    ("secrets: {weather/api-key: training}", "secrets.weather/api-key", "must be a list", "Write [training]"),
    ("secrets: {weather/api-key: []}", "secrets.weather/api-key", "must not be empty", ""),
    ("secrets: {api: [serving, serving]}", "secrets.api", "more than once", "Remove one."),
    ('secrets: {"api-*": [serving]}', "secrets.api-*", "not the name of a secret", "weather/api-key"),
]


@pytest.mark.parametrize(("text", "key", "message", "suggestion"), CASES, ids=[case[0] for case in CASES])
def test_a_mistake_is_named_with_its_place(  # noqa: PLR0917 - a row of the table above
    write_project: Callable[..., Path], spec_text: str, text: str, key: str, message: str, suggestion: str
) -> None:
    spec = _with(text, spec_text)
    with pytest.raises(SpecError) as caught:
        load_all(write_project(spec))
    (problem,) = caught.value.problems
    assert problem.key == f"environments.dev.{key}"
    assert message in problem.message
    assert suggestion in (problem.suggestion or "")
    assert problem.line == spec[: spec.index("  dev: {")].count("\n") + 1


@pytest.mark.parametrize(("kind", "most"), [("subnets", 16), ("security_groups", 5)])
def test_there_are_no_more_than_aws_takes(
    write_project: Callable[..., Path], spec_text: str, kind: str, most: int
) -> None:
    prefix = {"subnets": "subnet", "security_groups": "sg"}[kind]
    one = {"subnets": SUBNET, "security_groups": GROUP}[kind]
    for count in (most, most + 1):
        many = ", ".join(f"{prefix}-{number:08x}" for number in range(count))
        file = write_project(_with(f"network: {{{THERE.replace(one, many)}}}", spec_text))
        if count == most:
            load_all(file)
            continue
        with pytest.raises(SpecError, match=rf"network\.{kind}: holds more than {most} entries"):
            load_all(file)


def test_no_network_is_made_in_china(write_project: Callable[..., Path], spec_text: str) -> None:
    spec = "\n".join(spec_text.replace("eu-west-1", "cn-north-1", 1).splitlines()) + "\n"
    text = _with("network: {zones: 2}", spec)
    with pytest.raises(SpecError, match=r"network\.zones: no network can be made in cn-north-1"):
        load_all(write_project(text.replace(spec_text[spec_text.index("steps:") : spec_text.index("registry:")], "")))
    there = _with(f"network: {{{THERE}}}", spec)
    load_all(write_project(there.replace(spec_text[spec_text.index("steps:") : spec_text.index("registry:")], "")))


def test_roles_of_the_environments_account_and_policies_of_aws_are_taken(
    write_project: Callable[..., Path], spec_text: str
) -> None:
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    text = _with(f"roles: {{permissions_boundary: {boundary}, training: {ROLE}}}", spec_text)
    roles = load(write_project(text), "dev").roles
    assert roles is not None
    assert (roles.permissions_boundary, roles.given()) == (boundary, {"training": ROLE})


def test_a_role_for_all_environments_is_told_of_each_that_it_does_not_fit(
    write_project: Callable[..., Path], spec_text: str
) -> None:
    with pytest.raises(SpecError) as caught:
        load_all(write_project(f"roles: {{training: {ROLE}}}\n{spec_text}"))
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (1, "roles.training")
