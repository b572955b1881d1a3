"""Image repositories: tags do not move, images are scanned, a key, and old images go (ECR.1 to .3, .5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import inside

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory


def broken(inventory: Inventory) -> Broken:
    """Finds repositories that break one of these."""
    for each in inventory.of("aws:ecr/repository:Repository"):
        if each.properties.get("imageTagMutability") != "IMMUTABLE":
            yield each, "has tags that move."
        if not inside(each.properties, "imageScanningConfiguration", "scanOnPush"):
            yield each, "does not scan images."
        if not any(kind.get("encryptionType") == "KMS" for kind in each.properties.get("encryptionConfigurations", [])):
            yield each, "has no key."
        if not any(
            policy.parent == each.parent or policy.properties.get("repository") == each.properties.get("name")
            for policy in inventory.of("aws:ecr/lifecyclePolicy:LifecyclePolicy")
        ):
            yield each, "keeps images for ever."
