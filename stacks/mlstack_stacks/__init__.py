"""What an environment consists of: the specification, the stack that it becomes, and what a plan says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack_stacks.outputs import ProjectOutputs
    from mlstack_stacks.project import Project

__all__ = ["Project", "ProjectOutputs"]


def __getattr__(name: str) -> Any:
    """Imports the stack only where it is used: reading a specification needs no Pulumi."""
    if name == "Project":
        from mlstack_stacks.project import Project

        return Project
    if name == "ProjectOutputs":
        from mlstack_stacks.outputs import ProjectOutputs

        return ProjectOutputs
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
