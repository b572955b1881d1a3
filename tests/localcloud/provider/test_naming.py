from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_localcloud.provider.model import Name
from mlstack_localcloud.provider.naming import Proposal, made_up_name
from mlstack_localcloud.provider.shapes import Problem


def test_a_name_is_the_logical_one_and_seven_hexadecimal_characters() -> None:
    assert re.fullmatch("Weather-[0-9a-f]{7}", str(made_up_name(Name("name"), {}, Proposal("Weather"))))


def test_the_same_seed_makes_the_same_name_and_another_one_another() -> None:
    names = [made_up_name(Name("name"), {}, Proposal("weather", seed)) for seed in (b"1", b"1", b"2")]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize(
    ("name", "inputs", "pattern"),
    [
        (Name("bucket", lower=True), {}, "weather-[0-9a-f]{7}"),
        (Name("name", before="alias/"), {}, "alias/Weather-[0-9a-f]{7}"),
        (Name("name", fifo="fifoQueue"), {"fifoQueue": True}, r"Weather-[0-9a-f]{7}\.fifo"),
        (Name("name", prefix_property="namePrefix"), {"namePrefix": "mine-"}, "mine-[0-9a-f]{26}"),
        (Name("key", random=False), {}, "Weather"),
    ],
)
def test_types_have_rules_of_their_own(name: Name, inputs: dict[str, object], pattern: str) -> None:
    assert re.fullmatch(pattern, str(made_up_name(name, inputs, Proposal("Weather"))))


def test_the_stack_may_decide() -> None:
    assert made_up_name(Name("name"), {}, Proposal("w", proposed="exactly", enforced=True)) == "exactly"
    assert made_up_name(Name("name", lower=True), {}, Proposal("w", proposed="W-1")) == "w-1"
    assert isinstance(made_up_name(Name("name"), {}, Proposal("w", disabled=True)), Problem)


@given(st.text(min_size=1, max_size=100), st.integers(10, 63))
def test_a_name_is_never_longer_than_aws_allows(logical: str, longest: int) -> None:
    made = made_up_name(Name("name", longest=longest), {}, Proposal(logical))
    assert isinstance(made, Problem) or len(made) <= longest
