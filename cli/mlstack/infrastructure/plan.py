"""Saying what an environment consists of, or what would change in it.

Stages: check mlstack.yaml; ask the engine, where there is one, whether the environment is up; run the program in check
mode and check its inputs against AWS's service models; then show it, or let the engine preview what is up. In both
cases the checks of the specification are told, and what a month costs: a preview's events hold no properties, so both
are of the run in check mode.

Check mode imports no more than the program itself and the checks need, and neither rich nor code of an engine's or of
botocore's: it is typed often, and in continuous integration.
"""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import UserError

from mlstack.project_directory import find_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mlstack_stacks.plan.resources import Plan, Warn
    from mlstack_stacks.spec.stack import StackSpec

    from mlstack.engine.events import Changes
    from mlstack.engine.state import StateResource
    from mlstack.infrastructure.cost import Costed, NotBilled
    from mlstack.project_directory import StackDirectory


@dataclass(frozen=True)
class _Asked:
    """What the user asked for.

    Attributes:
        as_json: Whether one JSON document is printed instead of text.
        cost: Whether the cost is estimated; None for all environments but the local one.
        fail_over: USD a month that fail the command when the estimate is above them, or None.
        check_only: Whether neither an engine nor an account is asked.
    """

    as_json: bool
    cost: bool | None
    fail_over: float | None
    check_only: bool


def plan(
    environment: str,
    *,
    check_only: bool,
    as_json: bool,
    cost: bool | None = None,
    fail_over: float | None = None,
) -> None:
    """Prints the plan of an environment.

    Args:
        environment: The environment.
        check_only: Whether the engine is not asked even where the environment is up.
        as_json: Whether one JSON document is printed instead of text.
        cost: Whether the cost is estimated; None for all environments but the local one, which bills nothing.
        fail_over: USD a month; above it the command fails.

    Raises:
        UserError: There is no project, mlstack.yaml is not valid, AWS would refuse what it says, or a limit is set of a
            cost that isn't estimated.
        CostLimitError: The estimate is above the limit.
        ProgramError: The project's Pulumi program fails.
        EngineFailure: The engine could not preview.
    """
    # A short-lived process that imports thousands of classes: searching them for cycles is a fifth of its time.
    gc.disable()
    if fail_over is not None and cost is False:
        raise UserError("`--fail-over` needs the estimate that `--no-cost` leaves out.", next_step="Leave one out.")
    asked = _Asked(as_json, cost, fail_over, check_only)
    project = find_stack()
    spec = project.load(environment)
    project.require_infra()
    if not check_only and _is_up(project, spec):
        _preview(project, spec, asked)
    else:
        _check(project, spec, asked)


def _check(project: StackDirectory, spec: StackSpec, asked: _Asked) -> None:
    from mlstack_stacks.plan.check import check
    from mlstack_stacks.plan.tree import summary, tree_lines

    from mlstack.infrastructure.inputs import refuse_inputs

    planned = check(spec, project.infra)
    warnings = (*planned.warnings, *refuse_inputs(spec, planned, project.infra), *_checks(spec))
    cost = _cost(spec, asked, lambda: (planned, None))
    if asked.as_json:
        _print_json({"mode": "check", **asdict(planned)}, warnings, cost, asked)
        return
    lines = [*tree_lines(planned), "", summary(planned)]
    serving = getattr(spec, "serving", None)
    if serving is not None:
        batch = serving.kind == "batch"
        what = "What scores the data follows" if batch else "The endpoint follows"
        lines.append(f"{what} with the first released model version; it is shown with a placeholder.")
    _print(lines, warnings, cost, asked)


def _checks(spec: StackSpec) -> tuple[Warn, ...]:
    """What the checks of a project's specification find; a platform has none of its own."""
    from mlstack_stacks.plan.checks import run_checks
    from mlstack_stacks.spec import EnvironmentSpec

    return run_checks(spec) if isinstance(spec, EnvironmentSpec) else ()


def _preview(project: StackDirectory, spec: StackSpec, asked: _Asked) -> None:
    from mlstack_stacks.plan.check import check

    from mlstack.console import progress
    from mlstack.engine.show import plan as shown
    from mlstack.infrastructure.up import ready

    planned, unchecked = _planned_before_preview(project, spec)
    warnings = (*unchecked, *_checks(spec))
    with progress(f"Previewing {spec.environment}") as line:
        pulumi = ready(project, spec, line.update)
        changes = pulumi.preview()
    cost = _cost(spec, asked, lambda: (planned or check(spec, project.infra), pulumi.state().resources))
    if asked.as_json:
        _print_json(_changes(spec, changes), warnings, cost, asked)
    else:
        _print([*shown(changes), changes.summary], warnings, cost, asked)


def _planned_before_preview(project: StackDirectory, spec: StackSpec) -> tuple[Plan | None, tuple[Warn, ...]]:
    """The plan of what is up, its inputs checked; the official provider checks few, the local one knows no key of them.

    Returns:
        The plan, or None where the program does not run without a cloud; and what was not checked.

    Raises:
        SpecError: AWS would refuse something.
    """
    from mlstack_stacks.plan.check import check
    from mlstack_stacks.plan.program import ProgramError
    from mlstack_stacks.plan.resources import Warn

    from mlstack.infrastructure.inputs import refuse_inputs

    try:
        planned = check(spec, project.infra)
    except ProgramError:
        message = "inputs were not checked against AWS's service models: the program does not run without a cloud."
        return None, (Warn("inputs_not_checked", message),)
    return planned, refuse_inputs(spec, planned, project.infra)


def _cost(
    spec: StackSpec, asked: _Asked, look: Callable[[], tuple[Plan, Sequence[StateResource] | None]]
) -> Costed | NotBilled | None:
    """The cost of an environment, as far as it was asked for.

    Args:
        spec: The specification.
        asked: What the user asked for.
        look: What is planned and what is deployed.

    Returns:
        The cost; None where it wasn't asked for, or, with a word of why, where the program needs a cloud to run.
    """
    from mlstack_components.errors import MlstackError

    if asked.cost is False:
        return None
    from mlstack.infrastructure.cost import Costed, NotBilled

    if spec.is_local and asked.cost is None:
        return NotBilled()
    try:
        planned, deployed = look()
    except MlstackError as error:
        if asked.fail_over is not None:
            raise
        sys.stderr.write(f"What {spec.environment} costs can't be estimated. {error.message}\n")
        return None
    # What the local environment would cost in AWS is told without an account, as all else of it.
    return Costed.of(spec, planned.resources, deployed, may_ask=not (asked.check_only or spec.is_local))


def _is_up(project: StackDirectory, spec: StackSpec) -> bool:
    """Whether the engine knows the environment; False, with a word of why, where nobody can tell."""
    from mlstack_components.errors import MlstackError

    from mlstack.engine import find

    if find.find() is None:
        return False
    from mlstack.engine.pulumi import Pulumi

    try:
        return Pulumi.of(project, spec).exists()
    except MlstackError as error:
        sys.stderr.write(f"Whether {spec.environment} is up can't be told, so this is only a check. {error.message}\n")
        return False


def _changes(spec: StackSpec, changes: Changes) -> dict[str, Any]:
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


def _print_json(
    document: dict[str, Any], warnings: Sequence[Warn], cost: Costed | NotBilled | None, asked: _Asked
) -> None:
    document["warnings"] = [asdict(warning) for warning in warnings]
    problem = None
    if cost is not None:
        document["cost"] = cost.document()
        problem = cost.check(asked.fail_over)
    if problem is not None:
        document["error"] = {"code": problem.code, "message": problem.message, "next_step": problem.next_step}
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
    if problem is not None:
        import typer

        sys.stderr.write(f"Error: {problem.message}\n")
        raise typer.Exit(problem.exit_code)


def _print(lines: Iterable[str], warnings: Sequence[Warn], cost: Costed | NotBilled | None, asked: _Asked) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    if cost is not None:
        cost.show()
    sys.stdout.flush()
    for warning in warnings:
        sys.stderr.write(f"Warning: {warning}\n")
    if cost is not None and (problem := cost.check(asked.fail_over)) is not None:
        raise problem
