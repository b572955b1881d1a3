"""An estimate to read."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlstack_stacks.plan.cost.estimate import Estimate, Line
    from mlstack_stacks.plan.cost.prices import Price, Prices
    from mlstack_stacks.spec.stack import StackSpec

_CENT = 0.01
_TENTH = 0.1
TEXT_COLUMNS = 4
"""The first columns are text, the others amounts."""


def money(amount: float | None, *, signed: bool = False) -> str:
    """An amount in USD to read; what is not nothing is never shown as 0.

    Args:
        amount: The amount, or None where it is not known.
        signed: Whether more is shown with its sign, as of a difference.
    """
    if amount is None:
        return "?"
    if 0 < abs(amount) < _CENT:
        return "<0.01" if amount > 0 else ">-0.01"
    return f"{amount:+,.2f}" if signed and amount else f"{amount:,.2f}"


def headers(estimated: Estimate) -> list[str]:
    """The columns' names."""
    compared = ["deployed", "difference"] if estimated.deployed is not None else []
    return ["resource", "part", "a month", "price", "USD a month", "share", *compared]


def cells(line: Line, *, compared: bool) -> list[str]:
    """The cells of a line.

    Args:
        line: The line.
        compared: Whether it is compared with what is deployed.
    """
    row = [line.resource, line.part, line.how, unit_price(line.price), money(line.monthly), _percent(line.share)]
    return [*row, money(line.deployed), money(line.difference, signed=True)] if compared else row


def _percent(share: float) -> str:
    return "<0.1 %" if 0 < share < _TENTH / 2 else f"{share:.1f} %"


def total_cells(estimated: Estimate) -> list[str]:
    """The cells of the last row."""
    row = ["total", "", "", "", money(estimated.monthly), ""]
    if estimated.deployed is None:
        return row
    return [*row, money(estimated.deployed), money(estimated.difference, signed=True)]


def unit_price(price: Price) -> str:
    """A price with its unit, such as `0.005 / 1,000 requests`."""
    per = "" if price.per == 1 else f"{number(price.per)} "
    return f"{price.usd:.10f}".rstrip("0").rstrip(".") + f" / {per}{price.unit}"


def table_lines(estimated: Estimate) -> Iterator[str]:
    """The estimate as columns of plain text.

    Args:
        estimated: The estimate.

    Yields:
        Lines without line ends.
    """
    compared = estimated.deployed is not None
    rows = [headers(estimated), *(cells(line, compared=compared) for line in estimated.lines), total_cells(estimated)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(_aligned(row, widths)).rstrip()


def _aligned(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if index < TEXT_COLUMNS else cell.rjust(width)


def note_lines(spec: StackSpec, estimated: Estimate, prices: Prices) -> Iterator[str]:
    """What has to be known to read the sum: prices, assumptions, what has no price and what is free.

    Args:
        spec: The specification that the estimate is of.
        estimated: The estimate.
        prices: The prices that it was made with.

    Yields:
        Lines without line ends.
    """
    elsewhere = "" if prices.region == spec.region else f", not of {spec.region}: there they differ"
    yield f"List prices of {prices.region} by {prices.source} ({prices.date}){elsewhere}; no free tier, no discount."
    others = sorted({f"{line.item} ({line.price.region})" for line in estimated.lines if _is_other(line.price, prices)})
    if others:
        yield f"By mlstack's table, for want of another: {', '.join(others)}."
    assumed = spec.cost.assumptions.model_dump()
    yield f"Assumed: {', '.join(f'{name} {number(value)}' for name, value in assumed.items())}."
    for each in estimated.unpriced:
        yield f"Not in the total: {each.type} {each.resource}, {each.part}: {each.reason}."
    if estimated.free:
        yield f"Free: {', '.join(f'{count} {kind}' for kind, count in estimated.free.items())}."


def wrapped(note: str, width: int) -> list[str]:
    """A note in lines of a width, indented below the first; a count stays with its type, and no type is broken.

    Args:
        note: The note.
        width: Columns.
    """
    kept = re.sub(r"(\d) (?=aws:)", "\\1\N{NO-BREAK SPACE}", note)
    lines = textwrap.wrap(kept, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _is_other(price: Price, prices: Prices) -> bool:
    return price.source != prices.source
