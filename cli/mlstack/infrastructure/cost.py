"""What `mlstack plan` says of cost.

Stages: take the prices, of the AWS Price List where it may be asked and of the package's table otherwise; estimate what
is planned and, where the environment is up, what is deployed; show both; compare the total with the user's limit.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlstack_stacks.plan.cost.estimate import Estimate
    from mlstack_stacks.plan.cost.prices import Prices
    from mlstack_stacks.plan.resources import PlannedResource
    from mlstack_stacks.spec.stack import StackSpec

    from mlstack.engine.state import StateResource


class CostLimitError(MlstackError):
    """The estimate is above the limit that the user set."""

    code = "cost-limit"


@dataclass(frozen=True)
class Costed:
    """The estimate of an environment, with what is needed to show it.

    Attributes:
        spec: The specification.
        estimate: The estimate.
        prices: The prices that it was made with.
    """

    spec: StackSpec
    estimate: Estimate
    prices: Prices

    @classmethod
    def of(
        cls,
        spec: StackSpec,
        planned: Sequence[PlannedResource],
        deployed: Sequence[StateResource] | None,
        *,
        may_ask: bool,
    ) -> Costed:
        """Estimates an environment.

        Args:
            spec: The specification.
            planned: What it would consist of.
            deployed: What it consists of by Pulumi's state; None where there is nothing to compare with.
            may_ask: Whether the AWS Price List may be asked.
        """
        from mlstack_stacks.plan.cost.estimate import estimate, items

        before = None if deployed is None else [as_planned(each) for each in deployed if not each.external]
        prices = _prices(spec, items(spec, [*planned, *(before or ())]) if may_ask else None)
        return cls(spec, estimate(spec, planned, prices, before), prices)

    def document(self) -> dict[str, Any]:
        """The estimate for scripts."""
        from mlstack_stacks.plan.cost.estimate import document

        return document(self.spec, self.estimate, self.prices)

    def show(self) -> None:
        """Prints the estimate to stdout: a table on a terminal, columns of text otherwise."""
        from mlstack_stacks.plan.cost.text import note_lines, table_lines

        notes = note_lines(self.spec, self.estimate, self.prices)
        if sys.stdout.isatty():
            _show_table(self.estimate, notes)
            return
        sys.stdout.write("\n".join(["", *table_lines(self.estimate), "", *notes]) + "\n")

    def check(self, limit: float | None) -> CostLimitError | None:
        """What is to be told where the total is above a limit.

        Args:
            limit: USD a month, or None.
        """
        if limit is None or self.estimate.monthly <= limit:
            return None
        missing = len(self.estimate.unpriced)
        besides = f", and {missing} parts without a price are not in it" if missing else ""
        return CostLimitError(
            f"{self.spec.environment} would cost {self.estimate.monthly:,.2f} USD a month, above the limit of "
            f"{limit:,.2f} USD{besides}.",
            next_step="Choose smaller or fewer instances, correct `cost.assumptions`, or raise the limit.",
        )


class NotBilled:
    """The cost of the local environment."""

    def document(self) -> dict[str, Any]:
        """That nothing is billed, for scripts."""
        return {"currency": "USD", "monthly": 0.0, "billed": False, "lines": [], "unpriced": []}

    def show(self) -> None:
        """Says that nothing is billed."""
        sys.stdout.write("The local cloud bills nothing; `--cost` tells what the same would cost in AWS.\n")

    def check(self, limit: float | None) -> None:
        """Nothing is above any limit."""


def as_planned(resource: StateResource) -> PlannedResource:
    """A resource of the state as one of a plan, so that both are estimated by the same code.

    Args:
        resource: The resource. Its outputs hold what the provider filled in, such as names.
    """
    from mlstack_stacks.plan.resources import PlannedResource

    return PlannedResource(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        parent=None,
        custom=resource.custom,
        properties={**resource.inputs, **resource.outputs},
    )


def _prices(spec: StackSpec, items: Any) -> Prices:
    from mlstack_stacks.plan.cost.prices import TablePrices

    table = TablePrices()
    if items is None:
        return table
    from mlstack.cloud.price_list import listed_prices, may_have_credentials

    if not may_have_credentials():
        return table
    return listed_prices(spec.region, items, table, lambda text: sys.stderr.write(f"{text}\n"))


def _show_table(estimated: Estimate, notes: Iterator[str]) -> None:
    from mlstack_stacks.plan.cost.text import TEXT_COLUMNS, cells, headers, total_cells, wrapped
    from rich.table import Table

    from mlstack.console import out

    table = Table(show_footer=True)
    for index, (header, total) in enumerate(zip(headers(estimated), total_cells(estimated), strict=True)):
        table.add_column(header, total, justify="left" if index < TEXT_COLUMNS else "right")
    for line in estimated.lines:
        table.add_row(*cells(line, compared=estimated.deployed is not None))
    out.print(table, markup=False)
    for note in notes:
        for text in wrapped(note, out.width):
            out.print(text, markup=False, soft_wrap=True)
