"""The network of jobs and models in mlstack.yaml: one that is made, or one that is there."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from mlstack_components.aws.network_addresses import LARGEST_VPC, PRIVATE_RANGES, longest_prefix
from mlstack_components.errors import Problem, quoted
from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import once_each, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.tree import Place

MOST_ZONES = 6
"""No region of AWS has more."""

_LETTERS = "abcdef"
_EXAMPLE = "Write how many, such as 2, or their letters, such as [a, c]."
# Ids have eight hexadecimal digits, or seventeen since 2016
# (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html).
_ID = "-(?:[0-9a-f]{8}|[0-9a-f]{17})"


def _check_zones(value: object) -> tuple[str, ...]:
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= MOST_ZONES:
            raise wrong(f"must be 1 to {MOST_ZONES} zones.")
        return tuple(_LETTERS[:value])
    if not isinstance(value, list | tuple) or not value:
        raise wrong("must be a number of zones or a list of their letters.", _EXAMPLE)
    if strangers := [each for each in value if not isinstance(each, str) or each not in set(_LETTERS)]:
        raise wrong(f"{quoted(strangers[0])} is not a zone's letter, {_LETTERS[0]} to {_LETTERS[-1]}.", _EXAMPLE)
    once_each(tuple(value))
    return tuple(value)


def _check_cidr(value: str) -> str:
    example = "Such as 10.0.0.0/16."
    try:
        network = IPv4Network(value, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise wrong(f"{quoted(value)} is not a range of IPv4 addresses.", example) from None
    if "/" not in value:
        raise wrong(f"{quoted(value)} is one address and no range.", example)
    if str(network) != value:
        raise wrong(f"{quoted(value)} does not begin where its range begins.", f"Write {network}.")
    if not any(network.subnet_of(block) for block in PRIVATE_RANGES if isinstance(block, IPv4Network)):
        raise wrong(f"{quoted(value)} is not a private range.", "Such as 10.0.0.0/16 (RFC 1918).")
    if network.prefixlen < LARGEST_VPC:
        raise wrong(f"{quoted(value)} is larger than AWS allows a VPC to be, /{LARGEST_VPC}.", example)
    return value


def _id_of(kind: str, what: str) -> AfterValidator:
    pattern = re.compile(f"{kind}{_ID}")

    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise wrong(f"{quoted(value)} is not the id of a {what}.", f'Such as "{kind}-0123456789abcdef0".')
        return value

    return AfterValidator(check)


def _schema_of(kind: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{kind}{_ID}$"})


Zones = Annotated[
    tuple[str, ...],
    PlainValidator(_check_zones),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MOST_ZONES},
                {"type": "array", "items": {"enum": list(_LETTERS)}, "minItems": 1, "uniqueItems": True},
            ]
        }
    ),
]
Cidr = Annotated[
    str,
    AfterValidator(_check_cidr),
    WithJsonSchema(
        {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{2}$", "examples": ["10.0.0.0/16"]}
    ),
]
VpcId = Annotated[str, _id_of("vpc", "VPC"), _schema_of("vpc")]
SubnetId = Annotated[str, _id_of("subnet", "subnet"), _schema_of("subnet")]
SecurityGroupId = Annotated[str, _id_of("sg", "security group"), _schema_of("sg")]


class Network(SpecModel):
    """The private network that jobs and models are placed in.

    Either `zones` (and `cidr`) for one that is made for the environment, or `vpc`, `subnets` and `security_groups` of
    one that is there.
    """

    vpc: VpcId | None = None
    """A VPC that is there already."""
    subnets: Annotated[tuple[SubnetId, ...], Field(min_length=1, max_length=16), AfterValidator(once_each)] | None = (
        None
    )
    """Its private subnets, 1 to 16."""
    security_groups: (
        Annotated[tuple[SecurityGroupId, ...], Field(min_length=1, max_length=5), AfterValidator(once_each)] | None
    ) = None
    """The security groups of jobs and models in it, 1 to 5."""
    zones: Zones | None = None
    """For a network that is made: how many zones it has, or their letters."""
    cidr: Cidr = "10.0.0.0/16"
    """For a network that is made: the range of its addresses."""

    @field_validator("zones")
    @classmethod
    def _made_or_there(cls, zones: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        if zones is not None and (given := _given(info.data)):
            raise wrong(
                f"a network is made or is there already, and `{given}` names one that is.", "Remove one of the two."
            )
        return zones

    @field_validator("cidr")
    @classmethod
    def _room_for_the_zones(cls, cidr: str, info: ValidationInfo) -> str:
        zones = info.data.get("zones")
        if zones is None:
            if "zones" in info.data and (given := _given(info.data)):
                raise wrong(f"the network that `{given}` names has its addresses already.", "Remove one of the two.")
            return cidr
        if IPv4Network(cidr).prefixlen > longest_prefix(zones):
            raise wrong(
                f"{quoted(cidr)} is too small for the zones {', '.join(zones)}.",
                f"Write /{longest_prefix(zones)} or a larger range.",
            )
        return cidr

    @model_validator(mode="after")
    def _whole(self) -> Network:
        if self.zones is not None:
            return self
        there = {"vpc": self.vpc, "subnets": self.subnets, "security_groups": self.security_groups}
        missing = [f"`{name}`" for name, value in there.items() if value is None]
        if len(missing) == len(there):
            raise wrong("says neither how many zones a new one has nor which `vpc` is there.", "Add `zones: 2`.")
        if missing:
            raise wrong(f"a network that is there needs {' and '.join(missing)} too.", "Add what is missing.")
        return self


class _WithNetwork(Protocol):
    """A specification of a stack that may have a network."""

    @property
    def network(self) -> Network | None: ...

    @property
    def region(self) -> str: ...

    def place(self, key: str) -> Place | None: ...


def networks_that_cannot_be_made(spec: _WithNetwork, file: Path) -> Iterator[Problem]:
    """The problem of a network in a region where AWS calls some of its services' endpoints otherwise: in China.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    if spec.network is None or spec.network.zones is None or not spec.region.startswith("cn-"):
        return
    place = spec.place("network.zones")
    message = f"no network can be made in {spec.region}."
    hint = "Name a `vpc` that is there, with its `subnets` and `security_groups`."
    yield Problem(file, place.line if place else 0, place.key if place else "network.zones", message, hint)


def _given(data: dict[str, Any]) -> str | None:
    return next((name for name in ("vpc", "subnets", "security_groups") if data.get(name) is not None), None)
