"""Of the Price List's products the one is taken that is meant, or none."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from mlstack_stacks.plan.cost import prices
from mlstack_stacks.plan.cost.price_list import QUERIES, SOURCE, ListedPrices, query, select
from mlstack_stacks.plan.cost.prices import TablePrices
from mlstack_stacks.plan.cost.usage import Item

HOSTING = Item("SageMaker", "ml.m5.large", "Hosting")
DAY = "2026-11-24"


def product(
    usage_type: str,
    tiers: list[tuple[str, str]],
    *,
    region: str = "eu-west-1",
    family: str = "ML Instance",
    **more: str,
) -> dict[str, Any]:
    """A product in the shape of `GetProducts`; each tier is where it begins and its price."""
    dimensions = {
        f"SKU.TERM.{begin}": {
            "unit": "Hrs",
            "beginRange": begin,
            "endRange": "Inf",
            "pricePerUnit": {"USD": usd},
            "description": f"${usd} per hour",
        }
        for begin, usd in tiers
    }
    return {
        "product": {
            "productFamily": family,
            "sku": "SKU",
            "attributes": {"regionCode": region, "usagetype": usage_type, **more},
        },
        "serviceCode": "AmazonSageMaker",
        "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": dimensions, "sku": "SKU"}}},
        "publicationDate": "2026-11-20T00:00:00Z",
    }


def hosting(usd: str = "0.1280000000", usage_type: str = "EU-Host:ml.m5.large", **more: str) -> dict[str, Any]:
    """The product that is meant by HOSTING."""
    return product(usage_type, [("0", usd)], **{"instanceName": "ml.m5.large", "component": "Hosting", **more})


def _select(*products: dict[str, Any], item: Item = HOSTING, region: str = "eu-west-1") -> Any:
    asked = query(item)
    assert asked is not None
    return select(asked, products, region, DAY)


def test_the_product_that_is_meant_is_taken() -> None:
    others = [
        hosting("0.2", "EU-Host:ml.m5.xlarge", instanceName="ml.m5.xlarge"),
        hosting("0.3", "EU-AsyncHost:ml.m5.large"),
        hosting("0.4", region="us-east-1"),
        hosting("0.5", component="Training"),
    ]
    price = _select(*others, hosting())
    assert (price.usd, price.per, price.unit) == (0.128, 1, "Hrs")
    assert (price.source, price.date, price.region) == (SOURCE, DAY, "eu-west-1")


@pytest.mark.parametrize("usage_type", ["Host:ml.m5.large", "USE1-Host:ml.m5.large", "eu-west-1-Host:ml.m5.large"])
def test_the_region_in_front_of_a_usage_type_does_not_matter(usage_type: str) -> None:
    assert _select(hosting(usage_type=usage_type)).usd == 0.128


@pytest.mark.parametrize("usage_type", ["EU-Host:ml.m5.large-x", "EU-Host:ml.m5xlarge", "EU-Spot-Host:ml.m5.large"])
def test_another_usage_type_does(usage_type: str) -> None:
    assert _select(hosting(usage_type=usage_type)) is None


def test_of_two_prices_none_is_taken() -> None:
    assert _select(hosting("0.1"), hosting("0.2")) is None
    assert _select(hosting("0.1"), hosting("0.1")).usd == 0.1


def test_a_product_without_a_price_is_none() -> None:
    assert _select() is None
    assert _select(hosting("0.0000000000")) is None
    reserved = hosting()
    reserved["terms"] = {"Reserved": {}}
    assert _select(reserved) is None


def test_free_tiers_are_not_applied() -> None:
    requests = product(
        "Requests-Tier1",
        [("0", "0.0000000000"), ("1000000", "0.0000005000"), ("9000000", "0.0000001000")],
        family="API Request",
    )
    assert _select(requests, item=Item("SNS", "standard-api-requests")).usd == 0.0000005


def test_an_attribute_that_is_missing_is_not_equal() -> None:
    storage = product("EU-TimedStorage-ByteHrs", [("0", "0.023")], family="Storage")
    item = Item("S3", "standard-storage-first-50tb")
    assert _select(storage, item=item) is None
    storage["product"]["attributes"]["volumeType"] = "Standard"
    assert _select(storage, item=item).usd == 0.023


def test_the_request_filters_by_what_the_answer_is_checked_for() -> None:
    asked = query(HOSTING)
    assert asked is not None
    assert asked.filters("eu-west-1") == [
        {"Type": "TERM_MATCH", "Field": "instanceName", "Value": "ml.m5.large"},
        {"Type": "TERM_MATCH", "Field": "component", "Value": "Hosting"},
        {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-west-1"},
    ]


def test_each_use_of_an_instance_is_a_product_of_its_own() -> None:
    uses = {use: query(Item("SageMaker", "ml.m5.large", use)) for use in ("Hosting", "Training", "Processing")}
    assert {asked.usage_type for asked in uses.values() if asked} == {
        "Host:ml.m5.large",
        "Train:ml.m5.large",
        "Processing:ml.m5.large",
    }


def test_what_is_asked_for_is_in_the_table_too() -> None:
    """So that it has a price without the API, and by the same name."""
    rows = list(csv.DictReader(Path(prices.__file__).with_name("prices_us_east_1.csv").read_text().splitlines()))
    assert QUERIES.keys() <= {(row["service"], row["item"]) for row in rows}


def test_what_was_not_found_is_the_tables() -> None:
    found = _select(hosting())
    listed = ListedPrices("eu-west-1", DAY, {HOSTING: found}, TablePrices())
    assert listed.find(HOSTING) == found
    other = listed.find(Item("ECR", "private-storage"))
    assert other is not None
    assert (other.usd, other.region) == (0.10, "us-east-1")
    assert listed.find(Item("SageMaker", "ml.z9.large", "Hosting")) is None
