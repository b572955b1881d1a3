"""From platform.yaml to one checked specification an environment; as `spec/load.py` does of mlstack.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import Problem, SpecError

from mlstack_stacks.naming import Names
from mlstack_stacks.platform.spec import PlatformParts, Platforms, PlatformSpec
from mlstack_stacks.platform.workbench import workbench_without_network
from mlstack_stacks.spec.access import foreign_policies
from mlstack_stacks.spec.files import shown
from mlstack_stacks.spec.load import Checker, Layout, environment_of
from mlstack_stacks.spec.network import networks_that_cannot_be_made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LAYOUT = Layout(PlatformSpec, tuple(PlatformParts.model_fields), frozenset({"logs"}), "acme-platform")


def load_platform(path: Path, environment: str) -> PlatformSpec:
    """Reads a platform's specification for one environment; all of its environments are checked.

    Args:
        path: The file, usually `platform.yaml`.
        environment: The environment's name; `local` is always there.

    Returns:
        The specification with the environment's overrides applied.

    Raises:
        SpecError: The file is not valid; all problems at once.
        UserError: The environment is not in the file.
    """
    return environment_of(path, load_platforms(path).environments, environment)


def load_platforms(path: Path) -> Platforms:
    """Reads a platform's specification for all of its environments.

    Args:
        path: The file, usually `platform.yaml`.

    Returns:
        The specification.

    Raises:
        SpecError: The file is not valid; all problems at once.
    """
    file = shown(path)
    checker = Checker.read(path, _LAYOUT)
    specs = checker.specs()
    finders = (networks_that_cannot_be_made, _foreign_boundary, _deployed_twice, workbench_without_network)
    checker.problems += [p for find in finders for spec in specs.values() for p in find(spec, file)]
    if problems := checker.found():
        raise SpecError(problems)
    first = next(iter(specs.values()))
    return Platforms(name=first.name, environments=specs)


def _foreign_boundary(spec: PlatformSpec, file: Path) -> Iterator[Problem]:
    if spec.roles is not None:
        yield from foreign_policies(spec, file, {"permissions_boundary": spec.roles.permissions_boundary})


def _deployed_twice(spec: PlatformSpec, file: Path) -> Iterator[Problem]:
    """The problems of two entries that mean the same environment of a project: its roles would have one name."""
    seen: dict[Names, str] = {}
    for key, entry in (spec.continuous_integration or {}).items():
        names = Names(entry.project or key, entry.environment or spec.environment)
        other = seen.setdefault(names, key)
        if other != key:
            place = spec.place(f"continuous_integration.{key}")
            yield Problem(
                file,
                place.line if place else 0,
                place.key if place else f"continuous_integration.{key}",
                f"deploys {names.project} in {names.environment}, as `{other}` does.",
                "Remove one, or name another `project` or `environment`.",
            )
