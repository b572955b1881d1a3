"""A plan as a tree to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.resources import Plan, PlannedResource


def tree_lines(plan: Plan) -> Iterator[str]:
    """The resources as a tree, a line each, children below their parents.

    Args:
        plan: The plan.

    Yields:
        Plain text without line ends.
    """
    children: dict[str | None, list[PlannedResource]] = {}
    for resource in plan.resources:
        children.setdefault(resource.parent, []).append(resource)
    yield f"{plan.project} in {plan.environment} (account {plan.account}, {plan.region})"
    yield from _branches(children, None, "")


def _branches(children: dict[str | None, list[PlannedResource]], parent: str | None, indent: str) -> Iterator[str]:
    siblings = children.get(parent, [])
    for index, resource in enumerate(siblings):
        last = index == len(siblings) - 1
        kept = "  [kept on delete]" if resource.retain_on_delete else ""
        yield f"{indent}{'└─' if last else '├─'} {resource.short_type}  {resource.name}{kept}"
        yield from _branches(children, resource.urn, indent + ("   " if last else "│  "))


def summary(plan: Plan) -> str:
    """One line that says how much there is."""
    return f"{plan.in_the_cloud} resources in {plan.components} components."
