"""Declaring the parts of a file of environments, each by the module of its name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlstack_stacks.spec.stack import StackSpec


def declare_parts(package: str, parts: Iterable[str], spec: StackSpec, environment: Any) -> dict[str, Any]:
    """Declare the parts that a specification has; the modules of the others are not imported.

    Args:
        package: The package that has a module a part, with `declare(part, environment)`.
        parts: Their names, in the order of declaration.
        spec: The specification.
        environment: What the parts share.

    Returns:
        The outputs of all of them, by name.
    """
    outputs: dict[str, Any] = {}
    for part in parts:
        given = getattr(spec, part)
        if given is not None:
            outputs |= import_module(f"{package}.{part}").declare(given, environment)
    return outputs
