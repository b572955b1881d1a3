"""`mlstack run`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

EXAMPLES = (
    "mlstack run local",
    "mlstack run local --set max_depth=8",
    "mlstack run local --data weather@0a1b2c3d",
    "mlstack run local --step train --step evaluate",
    "mlstack run local --detach",
)


def command(
    environment: Environment = DEFAULT,
    *,
    step: Annotated[
        list[str] | None,
        typer.Option("--step", help="Run this step only, on the last results of the others; repeatable."),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter of the pipeline; repeatable."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option("--data", metavar="NAME[@VERSION]", help="Train on a pushed dataset, its newest version or this."),
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Start the run, and do not wait for it.")] = False,
    attach: Annotated[
        str | None, typer.Option("--attach", metavar="RUN", help="Start nothing; watch this run, or `last`.")
    ] = None,
    stop: Annotated[
        str | None, typer.Option("--stop", metavar="RUN", help="Start nothing; stop this run, or `last`.")
    ] = None,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Run the training pipeline and follow it.

    Uploads what changed in src/ and in the data, so that no edit there needs `mlstack up`. Ends with the metrics and
    the gate's verdict. Exits with 0 only if a model was registered, or, with --step, if the steps succeeded.

    Ctrl-C stops watching; the run goes on.
    """
    from mlstack_components.errors import UserError

    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import err

    if (attach or stop) and (step or setting or data or detach or (attach and stop)):
        raise UserError("--attach and --stop start nothing, so they stand alone.")
    deployment = Deployment.open(environment, model)
    with explained(deployment.spec):
        if stop is not None:
            _stop(deployment, stop)
        elif detach:
            _detach(deployment, setting, step, data, as_json=json)
        else:
            arn = _find(deployment, attach) or _begin(deployment, setting, step, data, err)
            _follow(deployment, arn, as_json=json)


def _find(deployment: Any, wanted: str | None) -> str | None:
    from mlstack.training import runs

    if wanted is None:
        return None
    sagemaker = deployment.session.client("sagemaker")
    start = f"mlstack run {deployment.address}"
    return runs.find_execution(sagemaker, deployment.pipeline_name, None if wanted == "last" else wanted, start)


def _begin(deployment: Any, setting: list[str] | None, step: list[str] | None, data: str | None, console: Any) -> str:
    from mlstack.training import workflow

    return workflow.begin(
        deployment,
        setting or [],
        step or [],
        lambda text: console.print(text, markup=False, highlight=False),
        data=data,
    )


def _stop(deployment: Any, wanted: str) -> None:
    from mlstack.console import out
    from mlstack.training import runs

    arn = str(_find(deployment, wanted))
    runs.stop(deployment.session.client("sagemaker"), arn)
    out.print(f"Stopping {arn.rsplit('/', 1)[-1]}.", markup=False)


def _detach(
    deployment: Any, setting: list[str] | None, step: list[str] | None, data: str | None, *, as_json: bool
) -> None:
    from mlstack.console import err, out, print_json

    arn = _begin(deployment, setting, step, data, err)
    name = arn.rsplit("/", 1)[-1]
    if as_json:
        print_json({"execution": {"arn": arn, "id": name}})
        return
    out.print(f"Started {name}. Watch it: mlstack run {deployment.address} --attach {name}", markup=False)


def _follow(deployment: Any, arn: str, *, as_json: bool) -> None:
    from mlstack.console import err, out, print_json
    from mlstack.training.report import metrics_table, tuning_table, verdict
    from mlstack.training.workflow import judge, success, watch

    results = watch(deployment, arn, err)
    problem = judge(results, deployment.address)
    if as_json:
        error = problem and {"code": problem.code, "message": problem.message, "next_step": problem.next_step}
        print_json(results.to_json() | ({"error": error} if error else {}))
        raise typer.Exit(problem.exit_code if problem else 0)
    if results.execution.tuning:
        out.print()
        out.print(tuning_table(results.execution.tuning))
    if results.evaluation:
        out.print()
        out.print(metrics_table(results.evaluation))
    if results.gates and not (results.execution.selected and results.execution.gate_outcome is None):
        out.print()
        out.print(verdict(results.execution.gate_outcome, results.gates))
    if problem:
        raise problem
    out.print()
    out.print(success(results, deployment.address), markup=False)
