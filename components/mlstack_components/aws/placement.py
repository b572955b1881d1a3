"""Where a stack lives in AWS, and the names that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTITIONS = (("cn-", "aws-cn", "amazonaws.com.cn"), ("us-gov-", "aws-us-gov", "amazonaws.com"))


@dataclass(frozen=True)
class Placement:
    """The account and region that a stack is provisioned into.

    They are given, never looked up, so that a plan needs no credentials and an update cannot land in another account.

    Attributes:
        account: The twelve-digit account id.
        region: The region's code, such as `eu-west-1`.
    """

    account: str
    region: str

    @property
    def partition(self) -> str:
        """The ARN partition: `aws`, `aws-cn` or `aws-us-gov`."""
        return next((name for prefix, name, _ in _PARTITIONS if self.region.startswith(prefix)), "aws")

    @property
    def domain(self) -> str:
        """The DNS suffix of the partition's services, such as `amazonaws.com`."""
        return next((domain for prefix, _, domain in _PARTITIONS if self.region.startswith(prefix)), "amazonaws.com")

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a regional resource of this account.

        Args:
            service: The service's ARN namespace, such as `sagemaker`.
            resource: What follows the account, such as `pipeline/weather-dev`.
        """
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def account_principal(self) -> str:
        """The ARN that stands for the account itself in a policy's principal."""
        return f"arn:{self.partition}:iam::{self.account}:root"

    def account_principals(self, accounts: Sequence[str]) -> list[str]:
        """Return the ARNs that stand for other accounts of the partition in a policy's principal.

        Args:
            accounts: Their twelve-digit ids.
        """
        return [f"arn:{self.partition}:iam::{account}:root" for account in accounts]
