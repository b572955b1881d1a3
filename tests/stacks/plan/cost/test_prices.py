"""The table of the package is found row by row, as a reader of CSV finds it."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from mlstack_stacks.plan.cost import prices
from mlstack_stacks.plan.cost.prices import TABLE_DATE, TablePrices
from mlstack_stacks.plan.cost.usage import Item

FILE = Path(prices.__file__).with_name("prices_us_east_1.csv")
ROWS = list(csv.DictReader(FILE.read_text().splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['service']}-{row['item']}")
def test_each_row_is_found(row: dict[str, str]) -> None:
    price = TablePrices().find(Item(row["service"], row["item"], "Hosting"))
    assert price is not None
    shown = f"{price.per:g} {price.unit}" if row["unit"][0].isdigit() else price.unit
    assert (price.usd, price.date, price.region) == (float(row["usd"]), row["as_of"], "us-east-1")
    assert shown.replace("1e+06", "1000000") == row["unit"]


@pytest.mark.parametrize("item", [Item("SageMaker", "ml.m5"), Item("Sage", "ml.m5.large"), Item("S3", "")])
def test_no_other_is_found(item: Item) -> None:
    assert TablePrices().find(item) is None


def test_the_date_is_that_of_the_newest_row() -> None:
    assert max(row["as_of"] for row in ROWS if row["as_of"] != "unknown") == TABLE_DATE


def test_the_provenance_is_told_beside_it() -> None:
    assert FILE.name in FILE.with_name("README.md").read_text()


def test_an_amount_follows_the_prices_unit() -> None:
    price = TablePrices().find(Item("S3", "standard-put-copy-post-list"))
    assert price is not None
    assert price.of(3000) == pytest.approx(0.015)


def test_estimating_imports_no_sdk_and_no_rich() -> None:
    code = (
        "import sys, mlstack.infrastructure.cost, mlstack_stacks.plan.cost.estimate, mlstack_stacks.plan.cost.text;"
        "print({'boto3', 'botocore', 'csv', 'rich', 'pulumi'} & {*sys.modules})"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"
