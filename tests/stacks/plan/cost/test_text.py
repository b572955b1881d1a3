"""What is read says what was assumed, what is missing, and never 0 for what is something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_stacks.plan.cost.estimate import estimate
from mlstack_stacks.plan.cost.prices import Price, TablePrices
from mlstack_stacks.plan.cost.text import money, note_lines, table_lines, unit_price

from .conftest import endpoint, planned

if TYPE_CHECKING:
    from mlstack_stacks.spec import EnvironmentSpec

TABLE = TablePrices()


@pytest.mark.parametrize(
    ("amount", "signed", "text"),
    [
        (1234.5, False, "1,234.50"),
        (0.0, False, "0.00"),
        (0.004, False, "<0.01"),
        (-0.004, True, ">-0.01"),
        (3.0, True, "+3.00"),
        (-3.0, True, "-3.00"),
        (0.0, True, "0.00"),
        (None, True, "?"),
    ],
)
def test_money(amount: float | None, signed: bool, text: str) -> None:
    assert money(amount, signed=signed) == text


@pytest.mark.parametrize(
    ("usd", "per", "unit", "text"),
    [
        (0.115, 1, "instance-hour", "0.115 / instance-hour"),
        (0.005, 1000, "requests", "0.005 / 1,000 requests"),
        (0.0000004, 1, "Requests", "0.0000004 / Requests"),
        (1.0, 1, "key-month", "1 / key-month"),
    ],
)
def test_a_price_with_its_unit(usd: float, per: float, unit: str, text: str) -> None:
    assert unit_price(Price(usd, per, unit, "s", "d", "r")) == text


def test_the_table_has_a_line_a_part_and_the_total(spec: EnvironmentSpec) -> None:
    lines = list(table_lines(estimate(spec, endpoint("ml.m5.large", 2), TABLE)))
    assert [line.split()[0] for line in lines] == ["resource", "e", "total"]
    assert "2 x ml.m5.large x 730 h" in lines[1]
    assert lines[1].endswith("167.90  100.0 %")
    assert lines[2].split() == ["total", "167.90"]


def test_what_is_deployed_stands_beside_it(spec: EnvironmentSpec) -> None:
    lines = list(table_lines(estimate(spec, endpoint("ml.m5.large", 2), TABLE, endpoint("ml.m5.large", 1))))
    assert lines[0].endswith("deployed  difference")
    assert lines[1].endswith("83.95      +83.95")
    assert lines[2].split() == ["total", "167.90", "83.95", "+83.95"]


def test_the_notes_tell_prices_assumptions_and_what_is_missing(spec: EnvironmentSpec) -> None:
    resources = [*endpoint("ml.z9.large"), planned("aws:iam/role:Role", "r"), planned("aws:iam/role:Role", "s")]
    notes = "\n".join(note_lines(spec, estimate(spec, resources, TABLE), TABLE))
    assert "List prices of us-east-1 by mlstack's table (2026-09), not of eu-west-1: there they differ" in notes
    assert "hours_per_month 730, runs_per_month 20" in notes
    assert "Not in the total: aws:sagemaker:Endpoint e, instances: no price of SageMaker ml.z9.large." in notes
    assert "2 aws:iam:Role" in notes


def test_in_the_tables_own_region_nothing_is_said_of_another(spec: EnvironmentSpec) -> None:
    there = spec.model_copy(update={"region": "us-east-1"})
    assert "differ" not in "\n".join(note_lines(there, estimate(there, endpoint(), TABLE), TABLE))
