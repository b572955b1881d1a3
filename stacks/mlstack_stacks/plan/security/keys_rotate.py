"""Keys rotate, go 30 days after their deletion, and nobody has all of kms on them (KMS.4, .5, CKV_AWS_7, 33)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import listed, statements

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds keys that break one of these."""
    for key in inventory.of("aws:kms/key:Key"):
        if key.properties.get("enableKeyRotation") is not True:
            yield key, "does not rotate."
        if key.properties.get("deletionWindowInDays", 30) != 30:  # noqa: PLR2004 - AWS's longest
            yield key, "is deleted before 30 days are over."
        if not key.properties.get("policy"):
            yield key, "has the default policy, which opens all of kms to the account."
        for each in statements(key.properties.get("policy")):
            if each.get("Effect") == "Allow" and "kms:*" in listed(each.get("Action")):
                yield key, "has a policy with kms:*."
