"""`mlstack score`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import Annotated, Any

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

EXAMPLES = (
    "mlstack score local",
    "mlstack score local --file new-customers.csv",
    "mlstack score prod --input s3://bucket/2026-11/ --detach",
)


def command(
    environment: Environment = DEFAULT,
    *,
    given: Annotated[
        str | None, typer.Option("--input", metavar="S3-URI", help="What to score; the source of mlstack.yaml if not.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Upload this file and score it.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Start the batch, and do not wait for it.")] = False,
    attach: Annotated[
        str | None, typer.Option("--attach", metavar="BATCH", help="Start nothing; watch this batch, or `last`.")
    ] = None,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Score a dataset with the released model now, and follow it.

    Starts the pipeline that `serving: {kind: batch}` made, as its schedule does, and ends with where the predictions
    are. Exits with 0 only if all of the data was scored.

    Ctrl-C stops watching; the batch goes on.
    """
    from mlstack_components.errors import UserError

    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import err

    if given and file:
        raise UserError("--input and --file both say what to score.", next_step="Give one of them.")
    if attach and (given or file or detach):
        raise UserError("--attach starts nothing, so it stands alone.")
    deployment = Deployment.open(environment, model)
    with explained(deployment.spec):
        arn = _started(deployment, given, file, attach, err)
        if detach:
            _detach(deployment, arn, as_json=json)
        else:
            _follow(deployment, arn, as_json=json)


def _started(deployment: Any, given: str | None, file: Path | None, attach: str | None, console: Any) -> str:
    from mlstack.serving import score
    from mlstack.training import runs

    if attach is not None:
        sagemaker = deployment.session.client("sagemaker")
        start = f"mlstack score {deployment.address}"
        return runs.find_execution(
            sagemaker, deployment.batch_pipeline_name, None if attach == "last" else attach, start
        )
    return score.begin(deployment, given, file, lambda text: console.print(text, markup=False, highlight=False))


def _detach(deployment: Any, arn: str, *, as_json: bool) -> None:
    from mlstack.console import out, print_json
    from mlstack.serving.score import output_of

    name, uri = arn.rsplit("/", 1)[-1], output_of(deployment, arn)
    if as_json:
        print_json({"execution": {"arn": arn, "id": name}, "output_uri": uri})
        return
    out.print(f"Started {name}. Watch it: mlstack score {deployment.address} --attach {name}", markup=False)
    out.print(f"Its predictions will be below {uri}", markup=False, soft_wrap=True)


def _follow(deployment: Any, arn: str, *, as_json: bool) -> None:
    from mlstack.console import err, out, print_json
    from mlstack.serving.score import judge, watch

    batch = watch(deployment, arn, err)
    problem = judge(batch)
    if as_json:
        error = problem and {"code": problem.code, "message": problem.message, "next_step": problem.next_step}
        print_json(batch.to_json() | ({"error": error} if error else {}))
        raise typer.Exit(problem.exit_code if problem else 0)
    if problem:
        raise problem
    count = len(batch.objects)
    out.print(f"Scored {count} object{'' if count == 1 else 's'}: {batch.output_uri}", markup=False, soft_wrap=True)
