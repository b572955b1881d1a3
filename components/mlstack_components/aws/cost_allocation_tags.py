"""The tags that AWS counts costs by; without them budgets and reports by tag stay empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class CostAllocationTagsArgs:
    """What is counted by."""

    keys: Sequence[str]
    """The keys of the tags. AWS refuses one that no resource has carried for about a day, and every account but the one
    that pays (https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html)."""


class CostAllocationTags(pulumi.ComponentResource):
    """Tags that are active as cost allocation tags; deleting one makes it inactive."""

    keys: list[str]
    """The keys."""

    def __init__(self, name: str, args: CostAllocationTagsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:CostAllocationTags", name, {}, opts)
        self.tags = {
            key: aws.costexplorer.CostAllocationTag(
                f"{name}-{key}",
                aws.costexplorer.CostAllocationTagArgs(tag_key=key, status="Active"),
                pulumi.ResourceOptions(parent=self),
            )
            for key in args.keys
        }
        self.keys = list(args.keys)
        self.register_outputs({"keys": self.keys})
