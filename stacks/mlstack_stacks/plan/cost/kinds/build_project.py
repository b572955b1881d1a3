"""CodeBuild projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, NoPrice, Usage, known_text, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage | NoPrice]:
    """Builds are billed by the minute.

    Args:
        resource: The resource.
        context: What is assumed.
    """
    environment = resource.properties.get("environment") or {}
    machine = known_text(environment.get("computeType")) or "", known_text(environment.get("type")) or ""
    if environment.get("dockerServer"):
        yield NoPrice("docker server", "no price of the machine that runs Docker beside builds")
    item = _ITEMS.get(machine)
    if item is None:
        yield NoPrice("builds", "no price of builds on this machine")
        return
    minutes = context.assumptions.build_minutes
    yield Usage("builds", Item("CodeBuild", item), minutes, f"{number(minutes)} minutes")


_ITEMS = {
    ("BUILD_GENERAL1_SMALL", "LINUX_CONTAINER"): "linux-general1.small",
    ("BUILD_GENERAL1_MEDIUM", "LINUX_CONTAINER"): "linux-general1.medium",
}
