"""What a resource uses in a month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_stacks.plan.resources import PlannedResource
    from mlstack_stacks.spec import Assumptions
    from mlstack_stacks.spec.stack import StackSpec


@dataclass(frozen=True)
class Item:
    """Something with a list price.

    Attributes:
        service: The service as the price table calls it, such as `SageMaker`.
        name: The item in it, such as `ml.m5.large`.
        use: What an instance is used for, where the Price List tells uses apart: `Hosting`, `Training`, `Processing`.
    """

    service: str
    name: str
    use: str = ""


@dataclass(frozen=True)
class Usage:
    """How much of an item a resource uses in a month.

    Attributes:
        part: What of the resource, unique in it, such as `instances` or `storage`.
        item: What is billed.
        quantity: How much, in the item's own unit: hours, GB-months, requests, ...
        how: How the quantity follows, to be read, such as `2 x ml.m5.large x 730 h`.
    """

    part: str
    item: Item
    quantity: float
    how: str


@dataclass(frozen=True)
class NoPrice:
    """A part of a resource that costs something, nobody here knows what.

    Attributes:
        part: What of the resource.
        reason: Why there is no price.
    """

    part: str
    reason: str


@dataclass(frozen=True)
class Context:
    """What a resource's usage follows from beside its own properties.

    Attributes:
        spec: The specification of the environment.
        resources: All resources by Pulumi type.
    """

    spec: StackSpec
    resources: Mapping[str, tuple[PlannedResource, ...]]

    @cached_property
    def assumptions(self) -> Assumptions:
        """What the specification assumes of a month."""
        return self.spec.cost.assumptions


def number(value: float) -> str:
    """A quantity to read, such as `100,000` or `0.25`."""
    return f"{value:,.10g}"


def known_number(value: Any) -> float | None:
    """A property as a number; None where only the cloud can tell it."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def known_text(value: Any) -> str | None:
    """A property as text; None where it is left out or only the cloud can tell it."""
    return value if isinstance(value, str) and not value.startswith("<") else None
