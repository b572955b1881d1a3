"""What a release may touch: the serving component, and nothing else.

The engine gets the same limit as `--target`; the check of its preview says which resources a release would have
reached for, instead of leaving them out in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# The component itself, which the first release creates, and everything below it.
_COMPONENTS = ("mlstack:aws:Endpoint", "mlstack:aws:BatchTransform")
TARGETS = tuple(f"**{component}{end}" for component in _COMPONENTS for end in ("::**", "$**"))

_MONITORS = ("mlstack:aws:ModelMonitors", "mlstack:aws:ModelQualityMonitor")
MONITOR_TARGETS = tuple(f"**{component}{end}" for component in _MONITORS for end in ("::**", "$**"))

_NOTHING = frozenset({"same", "read", "refresh", "skipped-create", "discard", "read-discard"})
_STACK = "pulumi:pulumi:Stack"
_PROVIDERS = "pulumi:providers:"


class OutOfScopeError(MlstackError):
    """A release would change something outside the serving component."""

    code = "out-of-scope"


def is_serving(urn: str) -> bool:
    """Whether a resource belongs to the serving component."""
    kind = _type_chain(urn)
    return any(kind.endswith(component) or f"{component}$" in kind for component in _COMPONENTS)


def is_monitoring(urn: str) -> bool:
    """Whether a resource belongs to the monitors of the serving component."""
    return any(component in _type_chain(urn) for component in _MONITORS)


def outside(
    steps: Iterable[tuple[str, str]], owns: Callable[[str], bool] = lambda _: True
) -> tuple[tuple[str, str], ...]:
    """The planned operations that a release has no business with.

    Args:
        steps: URN and operation of each step of a preview.
        owns: Says of a resource's logical name whether it may be the released model's, where there are several.

    Returns:
        Those outside the serving component that would change something.
    """
    return tuple(
        (urn, operation)
        for urn, operation in steps
        if operation not in _NOTHING and not (_allowed(urn) and owns(urn.rpartition("::")[2]))
    )


def require_narrow(
    steps: Iterable[tuple[str, str]], environment: str, owns: Callable[[str], bool] = lambda _: True
) -> None:
    """Refuse a plan that reaches outside.

    Raises:
        OutOfScopeError: It does; the resources are named.
    """
    found = outside(steps, owns)
    if found:
        names = "".join(f"\n  {operation} {urn.rsplit('::', 1)[-1]} ({_own_type(urn)})" for urn, operation in found)
        raise OutOfScopeError(
            f"A release changes the serving part only, and this one would change more:{names}",
            next_step=f"Bring the infrastructure up to date first: `mlstack up {environment}`.",
        )


def _allowed(urn: str) -> bool:
    own = _own_type(urn)
    return is_serving(urn) or own == _STACK or own.startswith(_PROVIDERS)


def _type_chain(urn: str) -> str:
    """`parent$child` of `urn:pulumi:stack::project::parent$child::name`."""
    parts = urn.split("::")
    return parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - the parts of a URN


def _own_type(urn: str) -> str:
    return _type_chain(urn).rsplit("$", 1)[-1]
