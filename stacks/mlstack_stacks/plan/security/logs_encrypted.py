"""Log groups have a key and a retention (CloudWatch.16, CKV_AWS_158, 338)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds groups without."""
    for group in inventory.of("aws:cloudwatch/logGroup:LogGroup"):
        if not group.properties.get("kmsKeyId"):
            yield group, "has no key."
        if not group.properties.get("retentionInDays"):
            yield group, "is kept for ever."
