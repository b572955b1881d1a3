"""`mlstack logs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = ("mlstack logs local", "mlstack logs local --step train --follow", "mlstack logs local --endpoint")

_POLL_SECONDS = 1.0


def command(
    environment: Environment = DEFAULT,
    *,
    step: Annotated[str | None, typer.Option("--step", help="Only the log of this step.")] = None,
    run: Annotated[str | None, typer.Option("--run", metavar="RUN", help="This run; the last one by default.")] = None,
    endpoint: Annotated[bool, typer.Option("--endpoint", help="The endpoint's log instead of a run's.")] = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run has finished.")] = False,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Show the logs of a pipeline run, or of the endpoint.

    With --json every line is a JSON object of its own.
    """
    from mlstack_components.errors import UserError

    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained

    if endpoint and (step or run):
        raise UserError("--endpoint shows the endpoint's log, which belongs to no step or run.")
    deployment = Deployment.open(environment, model)
    with explained(deployment.spec):
        for name, line in _endpoint(deployment, follow) if endpoint else _run(deployment, step, run, follow):
            _print(name, line, as_json=json)


def _endpoint(deployment: Any, follow: bool) -> Iterator[tuple[str, Any]]:
    import time

    from mlstack.training.logs import endpoint_log

    log = endpoint_log(deployment.session.client("logs"), deployment.endpoint_name)
    while True:
        for line in log.new_lines():
            yield "endpoint", line
        if not follow:
            return
        time.sleep(_POLL_SECONDS)


def _run(deployment: Any, step: str | None, run: str | None, follow: bool) -> Iterator[tuple[str, Any]]:
    import time

    from mlstack_components.errors import UserError

    from mlstack.training import runs
    from mlstack.training.logs import Log, job_log
    from mlstack.training.selection import step_instead

    sagemaker, client = deployment.session.client("sagemaker"), deployment.session.client("logs")
    arn = runs.find_execution(sagemaker, deployment.pipeline_name, run, f"mlstack run {deployment.address}")
    logs: dict[str, Log] = {}
    while True:
        execution = runs.read_execution(sagemaker, arn)
        names = [each.name for each in execution.steps]
        if step is not None and step not in names:
            hint = step_instead(step, names) or f"It has {', '.join(names)}."
            raise UserError(f"The run has no step `{step}`.", next_step=hint)
        for each in execution.steps:
            if each.job is None or step not in {None, each.name}:
                continue
            for line in logs.setdefault(each.name, job_log(client, each.job)).new_lines():
                yield each.name, line
        if execution.finished or not follow:
            return
        time.sleep(_POLL_SECONDS)


def _print(name: str, line: Any, *, as_json: bool) -> None:
    import json
    import sys

    if as_json:
        sys.stdout.write(json.dumps({"time": line.time.isoformat(), "step": name, "message": line.message}) + "\n")
    else:
        sys.stdout.write(f"{name:<10} {line.message}\n")
    sys.stdout.flush()
