"""The AWS Price List is asked at most once a day for an item, and only where credentials might be there.

The answers have the shape of `GetProducts` and pass botocore's own check of it (`Stubber`). That hides what only AWS
can say: whether the filters find these products, and whether their attributes are named so.
"""

from __future__ import annotations

import json
import stat
import time
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.stub import ANY, Stubber
from mlstack.cloud import price_list
from mlstack.cloud.price_list import listed_prices, may_have_credentials
from mlstack.home import cache_home
from mlstack_stacks.plan.cost.prices import TablePrices
from mlstack_stacks.plan.cost.usage import Item

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTING = Item("SageMaker", "ml.m5.large", "Hosting")
IMAGES = Item("ECR", "private-storage")
DASHBOARD = Item("CloudWatch", "dashboard")
"""Has no query: only the table knows it."""


@pytest.fixture(autouse=True)
def _cache_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLSTACK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def pricing() -> Iterator[Stubber]:
    """A client of the API whose answers are given."""
    session = botocore.session.Session()
    session.set_credentials("key", "secret")
    client = session.create_client("pricing", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}))
    with Stubber(client) as stubber:
        yield stubber


def _document(usage_type: str, usd: str, family: str, **attributes: str) -> str:
    tier = {"unit": "Hrs", "beginRange": "0", "endRange": "Inf", "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {
                "productFamily": family,
                "attributes": {"usagetype": usage_type, "regionCode": "eu-west-1", **attributes},
            },
            "terms": {"OnDemand": {"A.B": {"priceDimensions": {"A.B.C": tier}}}},
        }
    )


def _hosting(usd: str = "0.1280000000") -> str:
    attributes = {"instanceName": "ml.m5.large", "component": "Hosting"}
    return _document("EU-Host:ml.m5.large", usd, "ML Instance", **attributes)


def _answer(
    stubber: Stubber, *documents: str, service: str = "AmazonSageMaker", more: bool = False, **asked: Any
) -> None:
    answer: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": list(documents)}
    if more:
        answer["NextToken"] = "next"
    stubber.add_response(
        "get_products", answer, {"ServiceCode": service, "Filters": ANY, "FormatVersion": "aws_v1", **asked}
    )


def _never() -> Any:
    pytest.fail("the API was asked")


def _prices(stubber: Stubber | None, *items: Item, warn: list[str] | None = None) -> Any:
    warnings: list[str] = [] if warn is None else warn
    connect = _never if stubber is None else lambda: stubber.client
    found = listed_prices("eu-west-1", items, TablePrices(), warnings.append, connect)
    assert warn is not None or warnings == []
    return found


def test_the_api_says_what_the_region_costs(pricing: Stubber) -> None:
    _answer(pricing, _hosting())
    prices = _prices(pricing, HOSTING)
    price = prices.find(HOSTING)
    assert (price.usd, price.region) == (0.128, "eu-west-1")
    assert (prices.source, prices.region) == ("the AWS Price List API", "eu-west-1")
    assert prices.date == time.strftime("%Y-%m-%d", time.gmtime())
    pricing.assert_no_pending_responses()


def test_all_pages_are_read(pricing: Stubber) -> None:
    _answer(pricing, more=True)
    _answer(pricing, _hosting(), NextToken="next")
    assert _prices(pricing, HOSTING).find(HOSTING).usd == 0.128


def test_it_is_asked_once_a_day(pricing: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(pricing, _hosting())
    _prices(pricing, HOSTING)
    assert _prices(None, HOSTING).find(HOSTING).usd == 0.128
    now = time.time()
    monkeypatch.setattr(price_list.time, "time", lambda: now + 24 * 3600 + 1)
    _answer(pricing, _hosting("0.2"))
    assert _prices(pricing, HOSTING).find(HOSTING).usd == 0.2


def test_only_what_is_new_is_asked_for(pricing: Stubber) -> None:
    _answer(pricing, _hosting())
    _prices(pricing, HOSTING)
    _answer(pricing, _document("EU-TimedStorage-ByteHrs", "0.11", "EC2 Container Registry"), service="AmazonECR")
    prices = _prices(pricing, HOSTING, IMAGES)
    assert (prices.find(HOSTING).usd, prices.find(IMAGES).usd) == (0.128, 0.11)
    pricing.assert_no_pending_responses()


def test_what_it_does_not_know_is_the_tables_and_not_asked_for_again(pricing: Stubber) -> None:
    _answer(pricing, _document("EU-TimedStorage-ByteHrs", "0.11", "EC2 Container Registry"), service="AmazonECR")
    _answer(pricing)
    prices = _prices(pricing, IMAGES, HOSTING, DASHBOARD)
    assert prices.find(HOSTING).region == "us-east-1"
    assert prices.find(DASHBOARD).usd == 3.0
    assert _prices(None, IMAGES, HOSTING, DASHBOARD).find(HOSTING).usd == 0.115


def test_where_it_knows_nothing_the_table_is_named(pricing: Stubber) -> None:
    _answer(pricing)
    assert _prices(pricing, HOSTING).source == "mlstack's table"


def test_who_may_not_ask_gets_the_table_and_a_word(pricing: Stubber) -> None:
    pricing.add_client_error("get_products", "AccessDeniedException", "not authorized to perform pricing:GetProducts")
    warnings: list[str] = []
    assert isinstance(_prices(pricing, HOSTING, IMAGES, warn=warnings), TablePrices)
    assert len(warnings) == 1
    assert "pricing:GetProducts" in warnings[0]
    assert "mlstack's table" in warnings[0]
    assert not (cache_home() / "prices").exists()


def test_without_credentials_one_request_fails_and_the_table_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    warnings: list[str] = []
    found = listed_prices("eu-west-1", [HOSTING, IMAGES], TablePrices(), warnings.append)
    assert isinstance(found, TablePrices)
    assert warnings == [
        "The AWS Price List can't be asked, so prices are those of mlstack's table: Unable to locate credentials."
    ]


def test_the_cache_is_its_users_alone_and_whole(pricing: Stubber) -> None:
    _answer(pricing, _hosting())
    _prices(pricing, HOSTING)
    folder = cache_home() / "prices"
    assert [file.name for file in folder.iterdir()] == ["eu-west-1.json"]
    assert stat.S_IMODE((folder / "eu-west-1.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"version": 2, "prices": []}',
        '{"version": 1, "prices": [{"item": 3}]}',
        '{"version": 1, "prices": [{"item": ["SageMaker", "ml.m5.large", "Hosting"], "asked": "x", "price": null}]}',
        '{"version": 1, "prices": [{"item": ["SageMaker", "ml.m5.large", "Hosting"], "asked": 9e99, "price": null}]}',
    ],
)
def test_a_cache_that_is_no_cache_is_asked_for_again(pricing: Stubber, content: str) -> None:
    file = cache_home() / "prices" / "eu-west-1.json"
    file.parent.mkdir(parents=True)
    file.write_text(content)
    _answer(pricing, _hosting())
    assert _prices(pricing, HOSTING).find(HOSTING).usd == 0.128


def test_a_cache_that_cannot_be_written_is_none(pricing: Stubber) -> None:
    cache_home().write_text("in the way")
    _answer(pricing, _hosting())
    assert _prices(pricing, HOSTING).find(HOSTING).usd == 0.128


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"AWS_ACCESS_KEY_ID": "x"}, True),
        ({"AWS_PROFILE": "dev"}, True),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}, True),
        ({"AWS_REGION": "eu-west-1"}, False),
        ({"AWS_ACCESS_KEY_ID": "x", "AWS_ENDPOINT_URL": "http://127.0.0.1:4000"}, False),
        ({"AWS_ACCESS_KEY_ID": "x", "AWS_ENDPOINT_URL_PRICING": "http://127.0.0.1:4000"}, False),
    ],
)
def test_whether_credentials_might_be_there(variables: dict[str, str], expected: bool) -> None:
    assert may_have_credentials(variables) is expected


def test_files_may_hold_credentials(tmp_path: Path) -> None:
    assert not may_have_credentials({"AWS_CONFIG_FILE": str(tmp_path / "none")})
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("")
    assert may_have_credentials({})
    assert not may_have_credentials(
        {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    )
