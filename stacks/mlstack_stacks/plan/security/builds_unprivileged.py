"""Builds are not privileged, keep a log, are encrypted, and have no secrets in plain variables (CodeBuild.2 to .5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlstack_stacks.plan.security.inventory import listed

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory

_SECRET = re.compile("SECRET|PASSWORD|TOKEN|ACCESS_KEY|CREDENTIAL", re.IGNORECASE)


def broken(inventory: Inventory) -> Broken:
    """Finds build projects that break one of these."""
    for project in inventory.of("aws:codebuild/project:Project"):
        environment = project.properties.get("environment") or {}
        if environment.get("privilegedMode"):
            yield project, "builds in privileged mode."
        if not project.properties.get("encryptionKey"):
            yield project, "has no key."
        if not project.properties.get("logsConfig"):
            yield project, "keeps no log."
        for each in listed(environment.get("environmentVariables")):
            if each.get("type", "PLAINTEXT") == "PLAINTEXT" and _SECRET.search(str(each.get("name"))):
                yield project, f"has {each['name']} in plain text."
