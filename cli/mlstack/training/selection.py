"""`--step`: running part of the pipeline on the results of an earlier run.

SageMaker's selective execution copies the outputs of the steps that are not selected from a source execution. Which
source will do is decided here, so that a run that failed early does not stand in the way of the good one before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError, UserError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from mlstack.training.execution import DefinedStep, Execution

# More pictures of past runs than this are not worth their calls.
RUNS_TO_CONSIDER = 20


def check_steps(selected: Sequence[str], defined: Sequence[DefinedStep]) -> tuple[str, ...]:
    """Check the names after `--step`.

    Args:
        selected: The names, as typed.
        defined: The pipeline's steps.

    Returns:
        The selected steps in the pipeline's order.

    Raises:
        UserError: A step that the pipeline lacks, or one that only the gate may start.
    """
    known = {step.name: step for step in defined}
    selectable = ", ".join(step.name for step in defined if not step.branch)
    for name in selected:
        if name not in known:
            raise UserError(
                f"The pipeline has no step `{name}`.", next_step=step_instead(name, known) or f"It has {selectable}."
            )
        if known[name].branch:
            raise UserError(
                f"The step `{name}` runs only when the gate decides so.", next_step=f"Select among {selectable}."
            )
    return tuple(step.name for step in defined if step.name in selected)


def step_instead(name: str, known: Container[str]) -> str | None:
    """What trains the model in a pipeline, where the other way was meant.

    Args:
        name: The step that it lacks.
        known: The steps that it has.

    Returns:
        The next step to tell, or None.
    """
    other = {"train": "tune", "tune": "train"}.get(name)
    return f"The step `{other}` trains its model: --step {other}." if other in known else None


def needed_from_before(selected: Iterable[str], defined: Sequence[DefinedStep]) -> frozenset[str]:
    """The steps whose results the selected ones take from an earlier run."""
    chosen = set(selected)
    needs: frozenset[str] = frozenset().union(*(step.needs for step in defined if step.name in chosen))
    return needs - chosen


def source_execution(needed: frozenset[str], executions: Iterable[Execution]) -> str:
    """Choose the execution that lends its results.

    Args:
        needed: The steps whose results are taken.
        executions: Finished or running executions, newest first; read only as far as needed.

    Returns:
        The ARN of the newest execution in which all of them succeeded.

    Raises:
        MlstackError: There is none.
    """
    for execution in executions:
        succeeded = {step.name for step in execution.steps if step.status == "Succeeded"}
        if execution.finished and needed <= succeeded:
            return execution.arn
    names = " and ".join(f"`{name}`" for name in sorted(needed)) or "this step"
    raise MlstackError(
        f"No earlier run has results of {names} to go on from.",
        next_step="Run the whole pipeline once, without --step.",
    )
