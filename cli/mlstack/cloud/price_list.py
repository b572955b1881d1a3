"""Asking the AWS Price List API, and keeping what it said for a day.

Stages: what was asked for less than a day ago is read from the cache; the rest is asked for, a request an item, some at
once; the cache is written anew. Whoever may not ask, or has no network, gets the table's prices and a word of why.

```
$MLSTACK_CACHE/prices/<region>.json
    {"version": 1, "prices": [{"item": [...], "asked": seconds since 1970, "price": {...} | null}]}
```

An item that the API has no single product for is kept as such, so that it isn't asked for each time. The downside of
asking by item: some twenty requests once a day; a service's whole price list has hundreds of megabytes.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack.home import cache_home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mlstack_stacks.plan.cost.prices import Price, Prices
    from mlstack_stacks.plan.cost.usage import Item

_VERSION = 1
_SECONDS_A_DAY = 24 * 3600
_REQUESTS_AT_ONCE = 8
# A plan is waited for: a network that does not answer costs these few seconds once.
_CONNECT_SECONDS = 2
_READ_SECONDS = 10
_CREDENTIAL_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)

_Known = dict["Item", "tuple[float, Price | None]"]


def may_have_credentials(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether credentials might be there, told without importing an SDK: by variables and files.

    Args:
        environment: The process's variables.

    Returns:
        False also where AWS clients are pointed at an endpoint of their own, such as the local cloud: it has no prices.
    """
    if environment.get("AWS_ENDPOINT_URL") or environment.get("AWS_ENDPOINT_URL_PRICING"):
        return False
    if any(environment.get(name) for name in _CREDENTIAL_VARIABLES):
        return True
    files = {"AWS_SHARED_CREDENTIALS_FILE": "credentials", "AWS_CONFIG_FILE": "config"}
    return any(Path(environment.get(name) or Path.home() / ".aws" / file).is_file() for name, file in files.items())


def listed_prices(
    region: str,
    items: Iterable[Item],
    rest: Prices,
    warn: Callable[[str], object],
    connect: Callable[[], Any] | None = None,
) -> Prices:
    """Prices of a region by the API, as far as it can be asked.

    Args:
        region: The region.
        items: What has to have a price.
        rest: The prices of what the API doesn't tell.
        warn: Told why the API could not be asked.
        connect: Makes the client; botocore's own by default.

    Returns:
        The prices; `rest` where the API could not be asked.
    """
    from mlstack_stacks.plan.cost.price_list import ListedPrices, query

    file = cache_home() / "prices" / f"{region}.json"
    now = time.time()
    known = _read(file, now)
    asked_for = [item for item in sorted(items, key=key_of) if query(item) is not None]
    missing = [item for item in asked_for if item not in known]
    if missing:
        try:
            found = _ask((connect or _client)(), region, missing, now)
        except _failures() as error:
            warn(f"The AWS Price List can't be asked, so prices are those of {rest.source}: {str(error).rstrip('.')}.")
            return rest
        known |= {item: (now, price) for item, price in found.items()}
        _write(file, known)
    prices = {item: price for item in asked_for if (price := known[item][1]) is not None}
    if not prices:
        return rest
    return ListedPrices(region, _day(min(known[item][0] for item in prices)), prices, rest)


def key_of(item: Item) -> tuple[str, str, str]:
    """An item as a tuple: to sort by, and to keep."""
    return item.service, item.name, item.use


def _failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return BotoCoreError, ClientError


def _client() -> Any:
    from botocore.config import Config
    from botocore.session import Session
    from mlstack_stacks.plan.cost.price_list import SERVICE_REGION

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
    make: Any = Session().create_client
    return make("pricing", region_name=SERVICE_REGION, config=config)


def _ask(client: Any, region: str, items: list[Item], now: float) -> dict[Item, Price | None]:
    """The price of each item. The first is asked for alone, so that missing credentials cost one request."""
    from concurrent.futures import ThreadPoolExecutor

    first, *others = items
    prices = {first: _price(client, region, first, now)}
    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
        prices |= zip(others, pool.map(lambda item: _price(client, region, item, now), others), strict=True)
    return prices


def _price(client: Any, region: str, item: Item, now: float) -> Price | None:
    from mlstack_stacks.plan.cost.price_list import query, select

    asked = query(item)
    if asked is None:
        return None
    pages = client.get_paginator("get_products").paginate(
        ServiceCode=asked.service_code, Filters=asked.filters(region), FormatVersion="aws_v1"
    )
    return select(asked, [json.loads(each) for page in pages for each in page["PriceList"]], region, _day(now))


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


def _read(file: Path, now: float) -> _Known:
    """What is known since less than a day; nothing where the file is not what was written."""
    from mlstack_stacks.plan.cost.prices import Price
    from mlstack_stacks.plan.cost.usage import Item

    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["version"] != _VERSION:
            return {}
        return {
            Item(*entry["item"]): (entry["asked"], None if entry["price"] is None else Price(**entry["price"]))
            for entry in document["prices"]
            if 0 <= now - entry["asked"] < _SECONDS_A_DAY
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write(file: Path, known: _Known) -> None:
    """Replaces the file whole, for its user alone; a cache that can't be written is none."""
    entries = [
        {"item": key_of(item), "asked": asked, "price": None if price is None else vars(price)}
        for item, (asked, price) in known.items()
    ]
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as writer:
            json.dump({"version": _VERSION, "prices": entries}, writer)
        beside.replace(file)
    except OSError:
        return
