"""How a VPC's addresses are shared out among its zones, as a pure function.

A zone's place follows from its letter alone, so that adding or removing a zone moves no other one's subnet.
"""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ZONES = "abcdefgh"
"""The letters that zones may have; today no region of AWS has one beyond `f`."""

LARGEST_VPC = 16
"""The shortest prefix that AWS allows a VPC (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html)."""

SMALLEST_SUBNET = 27
"""The longest prefix of a subnet here: of its 32 addresses AWS takes five and the interface endpoints eight."""

PRIVATE_RANGES = tuple(ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""What RFC 1918 keeps for private networks."""

_QUARTERS = 4


def subnet_cidrs(cidr: str, zones: Iterable[str]) -> dict[str, str]:
    """Return the range of each zone's subnet.

    The VPC's range is cut into quarters, or into eighths where a zone beyond `d` is asked for; a zone has the part of
    its letter.

    Args:
        cidr: The VPC's range, such as `10.0.0.0/16`.
        zones: The zones' letters, each one of `ZONES`.

    Raises:
        ValueError: The range is none, or too small for these zones.
    """
    network = ip_network(cidr)
    letters = list(zones)
    prefix = network.prefixlen + _part_bits(letters)
    if not isinstance(network, IPv4Network) or prefix > SMALLEST_SUBNET:
        raise ValueError(f"{cidr} is too small for the zones {', '.join(letters)}")
    parts = list(network.subnets(new_prefix=prefix))
    return {letter: str(parts[ZONES.index(letter)]) for letter in letters}


def longest_prefix(zones: Iterable[str]) -> int:
    """Return the prefix length of the smallest VPC that has room for some zones.

    Args:
        zones: The zones' letters.
    """
    return SMALLEST_SUBNET - _part_bits(zones)


def _part_bits(zones: Iterable[str]) -> int:
    return 2 if all(ZONES.index(letter) < _QUARTERS for letter in zones) else 3
