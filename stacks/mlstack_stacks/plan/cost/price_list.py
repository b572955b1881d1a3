"""What to ask the AWS Price List API for, and which product of its answer is meant: pure functions.

A product is chosen by attributes that must be equal, and by its usage type but for the region in front of it
(`USE1-Host:ml.m5.large`, `Host:ml.m5.large` and `us-east-1-KMS-Keys` are such). Where more than one price is left, none
is taken. The price is that of the first tier that costs something: free tiers are not applied.

The attributes are those that public readings of the price list show (infracost's resources, recorded offers). They
could not be compared with the API itself here; an item that is not found falls back to the table, and is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlstack_stacks.plan.cost.prices import Price

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlstack_stacks.plan.cost.prices import Prices
    from mlstack_stacks.plan.cost.usage import Item

SOURCE = "the AWS Price List API"
SERVICE_REGION = "us-east-1"
"""Where the API is; it has the prices of all regions
(docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html)."""

_REGION_PREFIX = r"(?:[A-Z]{2,4}[0-9]*-|[a-z]{2}(?:-[a-z]+)+-[0-9]-)?"


@dataclass(frozen=True)
class Query:
    """Which product is meant.

    Attributes:
        service_code: The service as the API calls it.
        usage_type: The usage type, without the region in front.
        attributes: What else must be equal.
    """

    service_code: str
    usage_type: str
    attributes: dict[str, str] = field(default_factory=dict)

    def filters(self, region: str) -> list[dict[str, str]]:
        """What `GetProducts` takes as `Filters`.

        Args:
            region: The region of the prices.
        """
        wanted = {**self.attributes, "regionCode": region}
        return [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()]


_SAGEMAKER_USES = {"Hosting": "Host", "Training": "Train", "Processing": "Processing", "Batch Transform": "Tsform"}

QUERIES: dict[tuple[str, str], Query] = {
    ("CloudWatch", "logs-ingest-standard"): Query(
        "AmazonCloudWatch", "DataProcessing-Bytes", {"productFamily": "Data Payload"}
    ),
    ("CloudWatch", "logs-storage"): Query(
        "AmazonCloudWatch", "TimedStorage-ByteHrs", {"productFamily": "Storage Snapshot"}
    ),
    ("CloudWatch", "standard-alarm"): Query(
        "AmazonCloudWatch", "CW:AlarmMonitorUsage", {"productFamily": "Alarm", "alarmType": "Standard"}
    ),
    ("CodeBuild", "linux-general1.medium"): Query("CodeBuild", "Build-Min:Linux:g1.medium"),
    ("CodeBuild", "linux-general1.small"): Query("CodeBuild", "Build-Min:Linux:g1.small"),
    ("ECR", "private-storage"): Query("AmazonECR", "TimedStorage-ByteHrs", {"productFamily": "EC2 Container Registry"}),
    ("KMS", "customer-managed-key"): Query("awskms", "KMS-Keys"),
    ("KMS", "symmetric-requests"): Query("awskms", "KMS-Requests"),
    ("S3", "standard-get-select-other"): Query("AmazonS3", "Requests-Tier2", {"group": "S3-API-Tier2"}),
    ("S3", "standard-put-copy-post-list"): Query("AmazonS3", "Requests-Tier1", {"group": "S3-API-Tier1"}),
    ("S3", "standard-storage-first-50tb"): Query("AmazonS3", "TimedStorage-ByteHrs", {"volumeType": "Standard"}),
    ("SNS", "email-notifications"): Query("AmazonSNS", "DeliveryAttempts-SMTP"),
    ("SNS", "standard-api-requests"): Query("AmazonSNS", "Requests-Tier1"),
    ("SecretsManager", "api-requests"): Query("AWSSecretsManager", "AWSSecretsManagerAPIRequest"),
    ("SecretsManager", "secret"): Query("AWSSecretsManager", "AWSSecretsManager-Secrets"),
    ("VPC", "interface-endpoint"): Query("AmazonVPC", "VpcEndpoint-Hours"),
    ("VPC", "interface-endpoint-data-first-1pb"): Query("AmazonVPC", "VpcEndpoint-Bytes"),
    ("VPC", "nat-gateway"): Query("AmazonEC2", "NatGateway-Hours", {"productFamily": "NAT Gateway"}),
    ("VPC", "nat-gateway-data-processed"): Query("AmazonEC2", "NatGateway-Bytes", {"productFamily": "NAT Gateway"}),
}
"""The products of items, but for SageMaker's instances; an item without one is of the table."""


def query(item: Item) -> Query | None:
    """What to ask for to know an item's price; None where only the table knows it.

    Args:
        item: The item.
    """
    if item.service == "SageMaker" and item.name.startswith("ml.") and item.use in _SAGEMAKER_USES:
        attributes = {"instanceName": item.name, "component": item.use}
        return Query("AmazonSageMaker", f"{_SAGEMAKER_USES[item.use]}:{item.name}", attributes)
    return QUERIES.get((item.service, item.name))


def select(asked: Query, products: Iterable[Mapping[str, Any]], region: str, date: str) -> Price | None:
    """The price that is meant among products.

    Args:
        asked: What was asked for.
        products: The documents of `GetProducts`' `PriceList`, parsed.
        region: The region that was asked for.
        date: When it was asked.

    Returns:
        The price; None where no product fits, or those that fit differ in price.
    """
    found = {_on_demand(each) for each in products if _fits(asked, each, region)}
    if len(found) != 1:
        return None
    only = found.pop()
    return None if only is None else Price(only[0], 1, only[1], SOURCE, date, region)


def _fits(asked: Query, product: Mapping[str, Any], region: str) -> bool:
    about = product.get("product", {})
    attributes = {**about.get("attributes", {}), "productFamily": about.get("productFamily")}
    if any(attributes.get(name) != value for name, value in {**asked.attributes, "regionCode": region}.items()):
        return False
    return re.fullmatch(_REGION_PREFIX + re.escape(asked.usage_type), attributes.get("usagetype", "")) is not None


def _on_demand(product: Mapping[str, Any]) -> tuple[float, str] | None:
    """USD a unit and the unit: of the first tier that costs something."""
    terms = product.get("terms", {}).get("OnDemand", {}).values()
    tiers = [tier for term in terms for tier in term.get("priceDimensions", {}).values()]
    priced = [(float(tier.get("beginRange", 0)), float(tier["pricePerUnit"].get("USD", 0)), tier) for tier in tiers]
    costly = sorted((begin, usd, tier["unit"]) for begin, usd, tier in priced if usd > 0)
    return (costly[0][1], costly[0][2]) if costly else None


class ListedPrices:
    """Prices that were asked for before, and the table's for what the API did not tell.

    Args:
        region: The region.
        date: When they were asked for, such as `2026-11-24`.
        found: What was found.
        rest: Where to look for other items.
    """

    source = SOURCE

    def __init__(self, region: str, date: str, found: Mapping[Item, Price], rest: Prices) -> None:
        self.region = region
        self.date = date
        self._found = found
        self._rest = rest

    def find(self, item: Item) -> Price | None:
        """The price of an item; None where nobody knows it.

        Args:
            item: The item.
        """
        return self._found.get(item) or self._rest.find(item)
