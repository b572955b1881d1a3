"""Saying what an environment consists of, or what would change in it.

Stages: check mlstack.yaml; ask the engine, where there is one, whether the environment is up; if it is, let the engine
preview, else run the program in check mode. In both cases the checks of the specification are told.

Check mode imports no more than the program itself needs, and neither rich nor an engine's code: it is typed often, and
in continuous integration.
"""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mlstack.project_directory import ProjectDirectory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlstack_stacks.plan.resources import Warn
    from mlstack_stacks.spec import EnvironmentSpec

    from mlstack.engine.events import Changes


def plan(environment: str, *, check_only: bool, as_json: bool) -> None:
    """Prints the plan of an environment.

    Args:
        environment: The environment.
        check_only: Whether the engine is not asked even where the environment is up.
        as_json: Whether one JSON document is printed instead of text.

    Raises:
        UserError: There is no project, or mlstack.yaml is not valid.
        ProgramError: The project's Pulumi program fails.
        EngineFailure: The engine could not preview.
    """
    # A short-lived process that imports thousands of classes: searching them for cycles is a fifth of its time.
    gc.disable()
    project = ProjectDirectory.find()
    spec = project.load(environment)
    project.require_infra()
    if not check_only and _is_up(project, spec):
        _preview(project, spec, as_json=as_json)
    else:
        _check(project, spec, as_json=as_json)


def _check(project: ProjectDirectory, spec: EnvironmentSpec, *, as_json: bool) -> None:
    from mlstack_stacks.plan.check import check
    from mlstack_stacks.plan.checks import run_checks
    from mlstack_stacks.plan.tree import summary, tree_lines

    planned = check(spec, project.infra)
    warnings = (*planned.warnings, *run_checks(spec))
    if as_json:
        _print_json({"mode": "check", **asdict(planned)}, warnings)
        return
    lines = [*tree_lines(planned), "", summary(planned)]
    if spec.serving is not None:
        lines.append("The endpoint follows with the first released model version; it is shown with a placeholder.")
    _print(lines, warnings)


def _preview(project: ProjectDirectory, spec: EnvironmentSpec, *, as_json: bool) -> None:
    from mlstack_stacks.plan.checks import run_checks

    from mlstack.console import progress
    from mlstack.engine.show import plan as shown
    from mlstack.infrastructure.up import ready

    with progress(f"Previewing {spec.environment}") as line:
        changes = ready(project, spec, line.update).preview()
    warnings = run_checks(spec)
    if as_json:
        _print_json(_changes(spec, changes), warnings)
    else:
        _print([*shown(changes), changes.summary], warnings)


def _is_up(project: ProjectDirectory, spec: EnvironmentSpec) -> bool:
    """Whether the engine knows the environment; False, with a word of why, where nobody can tell."""
    from mlstack_components.errors import MlstackError

    from mlstack.engine import find

    if find.find() is None:
        return False
    from mlstack.engine.pulumi import Pulumi

    try:
        return Pulumi(project, spec.environment, spec.region).exists()
    except MlstackError as error:
        sys.stderr.write(f"Whether {spec.environment} is up can't be told, so this is only a check. {error.message}\n")
        return False


def _changes(spec: EnvironmentSpec, changes: Changes) -> dict[str, Any]:
    return {
        "mode": "preview",
        "project": spec.name,
        "environment": spec.environment,
        "account": spec.account,
        "region": spec.region,
        "changes": [
            {"operation": step.operation, "urn": step.urn, "properties": list(step.properties)}
            for step in changes.steps
        ],
        "unchanged": changes.unchanged,
    }


def _print_json(document: dict[str, Any], warnings: Sequence[Warn]) -> None:
    document["warnings"] = [asdict(warning) for warning in warnings]
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _print(lines: Iterable[str], warnings: Sequence[Warn]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    for warning in warnings:
        sys.stderr.write(f"Warning: {warning}\n")
