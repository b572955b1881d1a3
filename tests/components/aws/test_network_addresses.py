"""How a VPC's addresses are shared out: by letter, without overlap, and with room for jobs."""

from __future__ import annotations

from ipaddress import ip_network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_components.aws.network_addresses import ZONES, longest_prefix, subnet_cidrs

ranges = st.builds(
    lambda base, prefix: str(ip_network((f"10.{base >> 8}.{base & 255}.0", prefix), strict=False)),
    st.integers(0, 65535),
    st.integers(16, 24),
)
zones = st.sets(st.sampled_from(ZONES), min_size=1).map(sorted)
early = st.sets(st.sampled_from("abcd"), min_size=1).map(sorted)


@given(ranges, zones)
def test_subnets_lie_in_the_vpc_and_do_not_overlap(cidr, letters):
    shared = subnet_cidrs(cidr, letters)
    assert list(shared) == letters
    subnets = [ip_network(each) for each in shared.values()]
    assert all(each.subnet_of(ip_network(cidr)) for each in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))
    assert len({each.prefixlen for each in subnets}) == 1
    assert all(each.num_addresses >= 32 for each in subnets)


@given(ranges, early, early)
def test_no_zone_moves_when_others_come_and_go(cidr, some, others):
    one, other = subnet_cidrs(cidr, some), subnet_cidrs(cidr, others)
    assert all(one[letter] == other[letter] for letter in set(some) & set(others))


@given(zones)
def test_the_smallest_vpc_has_room_and_the_next_smaller_one_has_not(letters):
    prefix = longest_prefix(letters)
    assert subnet_cidrs(f"10.0.0.0/{prefix}", letters)
    with pytest.raises(ValueError, match="too small"):
        subnet_cidrs(f"10.0.0.0/{prefix + 1}", letters)


def test_a_range_as_people_write_it():
    assert subnet_cidrs("10.0.0.0/16", ("a", "c")) == {"a": "10.0.0.0/18", "c": "10.0.128.0/18"}
    assert subnet_cidrs("10.0.0.0/16", ("a", "f")) == {"a": "10.0.0.0/19", "f": "10.0.160.0/19"}
    with pytest.raises(ValueError, match="too small"):
        subnet_cidrs("fd00::/20", ("a",))
