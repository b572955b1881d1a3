"""The platform of an account and region: what its projects share. `platform.yaml`, and the stack that it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack_stacks.platform.outputs import PlatformOutputs
    from mlstack_stacks.platform.platform import Platform

__all__ = ["Platform", "PlatformOutputs"]


def __getattr__(name: str) -> Any:
    """Imports the stack only where it is used: reading a specification needs no Pulumi."""
    if name == "Platform":
        from mlstack_stacks.platform.platform import Platform

        return Platform
    if name == "PlatformOutputs":
        from mlstack_stacks.platform.outputs import PlatformOutputs

        return PlatformOutputs
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
