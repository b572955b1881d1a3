"""From a specification's file to a component in a Pulumi program: what `Project` and `Platform` have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pulumi
from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from collections.abc import Callable


class _Outputs(Protocol):
    def as_dict(self) -> dict[str, Any]: ...


class _Declared(Protocol):
    @property
    def outputs(self) -> _Outputs: ...


class _Spec(Protocol):
    @property
    def name(self) -> str: ...


SpecT = TypeVar("SpecT", bound=_Spec)
DeclaredT = TypeVar("DeclaredT", bound=_Declared)


def declared(
    spec_file: str | Path,
    environment: str | None,
    load: Callable[[Path, str], SpecT],
    declare: Callable[[str, SpecT], DeclaredT],
) -> DeclaredT:
    """Declares what a file specifies and exports its outputs.

    Args:
        spec_file: The file.
        environment: The environment; that of the stack's name by default.
        load: Reads the file for an environment.
        declare: Makes the component from its name and the specification.

    Returns:
        The component.

    Raises:
        pulumi.RunError: The file is not valid, or Pulumi's configuration contradicts it. Pulumi shows its message
            without a traceback.
    """
    try:
        spec = load(Path(spec_file), environment or pulumi.get_stack())
        component = declare(spec.name, spec)
    except MlstackError as error:
        raise pulumi.RunError(str(error)) from error
    for name, value in component.outputs.as_dict().items():
        pulumi.export(name, value)
    return component
