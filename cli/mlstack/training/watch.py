"""Following an execution of a pipeline to its end, and what the steps that failed printed last."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mlstack.training import follow, runs
from mlstack.training.execution import defined_steps
from mlstack.training.logs import job_log

if TYPE_CHECKING:
    from rich.console import Console

    from mlstack.cloud.deployment import Deployment
    from mlstack.training.execution import Execution

_LOCAL_POLL_SECONDS = 0.3
_CLOUD_POLL_SECONDS = 5.0


def watch_execution(deployment: Deployment, execution_arn: str, console: Console) -> Execution:
    """Show an execution while it goes on.

    Args:
        deployment: The environment.
        execution_arn: The execution.
        console: Where the steps are shown.

    Returns:
        The execution as it ended.

    Raises:
        KeyboardInterrupt: The user stopped watching; the execution goes on.
    """
    sagemaker = deployment.session.client("sagemaker")
    seconds = _LOCAL_POLL_SECONDS if deployment.spec.is_local else _CLOUD_POLL_SECONDS
    defined = defined_steps(runs.executed_definition(sagemaker, execution_arn))
    pictures = follow.pictures(lambda: runs.read_execution(sagemaker, execution_arn, defined), seconds=seconds)
    with contextlib.closing(pictures):
        return follow.show(pictures, console)


def show_failures(deployment: Deployment, execution: Execution, console: Console) -> None:
    """Show the last lines of the log of each step that failed.

    Args:
        deployment: The environment.
        execution: The execution, ended.
        console: Where they are shown.
    """
    for step in execution.failed_steps:
        if step.job is None:
            continue
        lines = job_log(deployment.session.client("logs"), step.job).last_lines()
        if lines:
            console.print(f"\nThe last lines of {step.name}:", style="bold", markup=False)
        for line in lines:
            console.print(f"  {line.message}", markup=False, highlight=False)
