"""One case a resource type: how it is made, changed, replaced, tampered with and removed by hand.

A case is data for `test_round_trip.py`, which runs all of them through the real engine at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Case", "Shared"]

Inputs = Callable[["Shared"], dict[str, Any]]
ByHand = Callable[[Any, Mapping[str, Any]], None]


@dataclass
class Shared:
    """Resources that cases refer to, and that no case touches."""

    resources: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return self.resources[name]


@dataclass(frozen=True)
class Case:
    """A resource type's case.

    Attributes:
        token: Pulumi's token.
        make: The SDK's class.
        inputs: What it is made with.
        outputs: Outputs that programs read, which must be filled.
        change: What changes in place; None where nothing can.
        replace: What forces a replacement.
        tamper: Changes it by hand: `tamper(aws, outputs)`, `aws(service)` being a client; None where nothing can be.
        remove: Deletes it by hand.
        restored_by: What the next deployment does after `remove`: `create`, or `update` where it can't be absent.
        import_id: The id to import it by, from its outputs.
        another: Tells a further case of the same type apart, for parts of it that can't be together.
        importable: Whether the official provider imports it.
        import_inputs: Inputs that an import needs beside `inputs`, or has otherwise (autonamed names).
    """

    token: str
    make: Any
    inputs: Inputs
    outputs: tuple[str, ...]
    replace: Inputs
    remove: ByHand
    change: Inputs | None = None
    tamper: ByHand | None = None
    restored_by: str = "create"
    import_id: Callable[[Mapping[str, Any]], str] = lambda outputs: outputs["id"]
    import_inputs: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda _: {}
    not_imported: tuple[str, ...] = ()
    importable: bool = True
    another: str = ""

    @property
    def name(self) -> str:
        """The logical name of its resource."""
        return self.token.rpartition(":")[2] + self.another
