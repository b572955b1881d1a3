"""What a price is, and the table of list prices that comes with mlstack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mlstack_stacks.plan.cost.usage import Item

TABLE_REGION = "us-east-1"
TABLE_DATE = "2026-09"
"""The newest month that a row of the table states."""
TABLE_SOURCE = "mlstack's table"

_TABLE = Path(__file__).with_name("prices_us_east_1.csv")


@dataclass(frozen=True)
class Price:
    """A list price.

    Attributes:
        usd: US dollars for `per` units.
        per: For how many units.
        unit: The unit, such as `GB-month` or `requests`.
        source: Who says so.
        date: Since when or as of when, as the source has it; `unknown` where it doesn't.
        region: The region whose price it is.
    """

    usd: float
    per: float
    unit: str
    source: str
    date: str
    region: str

    def of(self, quantity: float) -> float:
        """What a quantity costs, in USD."""
        return quantity * self.usd / self.per


class Prices(Protocol):
    """List prices."""

    @property
    def source(self) -> str:
        """Who says so."""

    @property
    def date(self) -> str:
        """As of when."""

    @property
    def region(self) -> str:
        """The region whose prices they are."""

    def find(self, item: Item) -> Price | None:
        """The price of an item; None where it is not known."""


class TablePrices:
    """The package's own table: us-east-1 only, read at the first question."""

    source = TABLE_SOURCE
    date = TABLE_DATE
    region = TABLE_REGION

    def find(self, item: Item) -> Price | None:
        """The price of an item; None where the table has none.

        An instance-hour is one row whatever the instance is used for.

        Args:
            item: The item.
        """
        start = self._text.find(f"\n{item.service},{item.name},")
        if start < 0:
            return None
        _, _, unit, usd, *_, as_of = self._text[start + 1 :].split("\n", 1)[0].split(",")
        count, _, rest = unit.rpartition(" ")
        return Price(float(usd), float(count or 1), rest, TABLE_SOURCE, as_of, TABLE_REGION)

    @cached_property
    def _text(self) -> str:
        # No name and no unit holds a comma or a quote, so a row is found without parsing the others.
        return _TABLE.read_text(encoding="utf-8")
