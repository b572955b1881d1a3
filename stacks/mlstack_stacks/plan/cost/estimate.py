"""From what is planned to what it costs a month, as a pure function.

Stages: each resource tells what it uses; usages of the same part of what is deployed are put beside them; prices make
amounts of quantities; the total makes shares. An amount is rounded to a millionth of a dollar, and the total is the
sum of the rounded amounts.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlstack_stacks.plan.cost.kinds import usages
from mlstack_stacks.plan.cost.usage import Context, NoPrice, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlstack_stacks.plan.cost.prices import Price, Prices
    from mlstack_stacks.plan.cost.usage import Item
    from mlstack_stacks.plan.resources import PlannedResource
    from mlstack_stacks.spec.stack import StackSpec

CURRENCY = "USD"
_DIGITS = 6

_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Line:
    """What a part of a resource costs.

    Attributes:
        resource: The resource's logical name.
        type: Its Pulumi type, as displays show it.
        part: What of it, such as `instances`.
        item: What is billed, such as `ml.m5.large`.
        how: How the quantity follows, to be read.
        quantity: How much in a month; 0 where the part is deployed and no longer planned.
        price: The list price.
        monthly: USD a month.
        share: Percent of the total.
        deployed: USD a month of what is deployed; None where nothing is compared, or it has no price.
        difference: `monthly` less `deployed`, None like it.
    """

    resource: str
    type: str
    part: str
    item: str
    how: str
    quantity: float
    price: Price
    monthly: float
    share: float
    deployed: float | None = None
    difference: float | None = None


@dataclass(frozen=True)
class Unpriced:
    """A part of a resource that is not in the total.

    Attributes:
        resource: The resource's logical name.
        type: Its Pulumi type, as displays show it.
        part: What of it.
        reason: Why there is no price.
    """

    resource: str
    type: str
    part: str
    reason: str


@dataclass(frozen=True)
class Estimate:
    """What an environment costs a month.

    Attributes:
        monthly: USD a month; the sum of the lines.
        lines: The priced parts, the dearest first.
        unpriced: What is not in the sum.
        free: How many resources of each type cost nothing.
        deployed: USD a month of what is deployed; None where nothing is compared.
        difference: `monthly` less `deployed`; None where a part has a price on one side only.
    """

    monthly: float
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    free: dict[str, int]
    deployed: float | None = None
    difference: float | None = None


@dataclass
class _Side:
    """What one set of resources uses: the planned ones, or the deployed ones."""

    priced: dict[_Key, tuple[PlannedResource, Usage, Price]] = field(default_factory=dict)
    unpriced: dict[_Key, Unpriced] = field(default_factory=dict)
    free: Counter[str] = field(default_factory=Counter)

    def amount(self, key: _Key) -> float:
        """USD a month of a part; 0 where it is not there."""
        found = self.priced.get(key)
        return 0.0 if found is None else round(found[2].of(found[1].quantity), _DIGITS)

    @property
    def total(self) -> float:
        """USD a month."""
        return _sum(self.amount(key) for key in self.priced)


def estimate(
    spec: StackSpec,
    planned: Iterable[PlannedResource],
    prices: Prices,
    deployed: Iterable[PlannedResource] | None = None,
) -> Estimate:
    """What an environment costs a month.

    Args:
        spec: The specification of the environment, with its assumptions.
        planned: The resources that it would consist of.
        prices: List prices.
        deployed: The resources that it consists of now, for the difference; None where there is nothing to compare.

    Returns:
        The estimate.
    """
    now, before = _side(spec, planned, prices), None
    if deployed is not None:
        before = _side(spec, deployed, prices)
    total = now.total
    keys = dict.fromkeys([*now.priced, *(before.priced if before else ())])
    lines = [_line(key, now, before, total) for key in keys]
    lines.sort(key=lambda line: (-line.monthly, line.resource, line.part))
    return Estimate(
        monthly=total,
        lines=tuple(lines),
        unpriced=tuple(now.unpriced.values()),
        free=dict(sorted(now.free.items())),
        deployed=None if before is None else before.total,
        difference=None if before is None or _incomparable(now, before) else _less(total, before.total),
    )


def items(spec: StackSpec, resources: Iterable[PlannedResource]) -> set[Item]:
    """What has to have a price, so that it can be asked for at once.

    Args:
        spec: The specification of the environment.
        resources: Its resources.
    """
    collected = _Collector()
    _side(spec, resources, collected)
    return collected.asked


class _Collector:
    """Prices that know nothing, and what they were asked for."""

    source = date = region = ""

    def __init__(self) -> None:
        self.asked: set[Item] = set()

    def find(self, item: Item) -> None:
        """Nothing."""
        self.asked.add(item)


def _line(key: _Key, now: _Side, before: _Side | None, total: float) -> Line:
    planned = now.priced.get(key)
    resource, usage, price = planned or before.priced[key]  # type: ignore[union-attr]  # a key is of either side
    monthly = now.amount(key)
    # Without a price on one side the difference is not the other side's amount; it is not known.
    compared = before is not None and key not in before.unpriced
    deployed = before.amount(key) if before is not None and compared else None
    return Line(
        resource=resource.name,
        type=resource.short_type,
        part=usage.part,
        item=usage.item.name,
        how=usage.how if planned else "no longer planned",
        quantity=usage.quantity if planned else 0.0,
        price=price,
        monthly=monthly,
        share=100 * monthly / total if total else 0.0,
        deployed=deployed,
        difference=None if deployed is None or key in now.unpriced else _less(monthly, deployed),
    )


def _side(spec: StackSpec, resources: Iterable[PlannedResource], prices: Prices) -> _Side:
    found = [each for each in resources if each.custom and not each.type.startswith("pulumi:")]
    by_type: dict[str, list[PlannedResource]] = {}
    for resource in found:
        by_type.setdefault(resource.type, []).append(resource)
    context = Context(spec, {name: tuple(each) for name, each in by_type.items()})
    side = _Side()
    for resource in found:
        used = tuple(usages(resource, context) or ())
        if not used:
            side.free[resource.short_type] += 1
        for each in used:
            _add(side, resource, each, prices)
    return side


def _add(side: _Side, resource: PlannedResource, used: Usage | NoPrice, prices: Prices) -> None:
    key = (resource.type, resource.name, used.part)
    price = None if isinstance(used, NoPrice) else prices.find(used.item)
    if price is not None and isinstance(used, Usage):
        side.priced[key] = (resource, used, price)
        return
    reason = used.reason if isinstance(used, NoPrice) else f"no price of {used.item.service} {used.item.name}"
    side.unpriced[key] = Unpriced(resource.name, resource.short_type, used.part, reason)


def _incomparable(now: _Side, before: _Side) -> bool:
    return bool(now.priced.keys() & before.unpriced.keys() or before.priced.keys() & now.unpriced.keys())


def _sum(amounts: Iterable[float]) -> float:
    return round(math.fsum(amounts), _DIGITS)


def _less(amount: float, other: float) -> float:
    return round(amount - other, _DIGITS)


def document(spec: StackSpec, estimated: Estimate, prices: Prices) -> dict[str, Any]:
    """An estimate as plain data, for scripts.

    Args:
        spec: The specification that it is of.
        estimated: The estimate.
        prices: The prices that it was made with.
    """
    return {
        "currency": CURRENCY,
        "monthly": estimated.monthly,
        "lines": [_line_document(line) for line in estimated.lines],
        "assumptions": spec.cost.assumptions.model_dump(),
        "prices": {"source": prices.source, "date": prices.date, "region": prices.region},
        "unpriced": [vars(each) for each in estimated.unpriced],
        "free": estimated.free,
        "deployed": estimated.deployed,
        "difference": estimated.difference,
    }


def _line_document(line: Line) -> dict[str, Any]:
    return {**vars(line), "price": vars(line.price)}
