"""`mlstack label`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

EXAMPLES = ("mlstack label local --file labels.csv",)


def command(
    environment: Environment = DEFAULT,
    *,
    file: Annotated[Path, typer.Option("--file", "-f", help="CSV with a header line: `id` and `label`.")],
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Say what was right for calls that the endpoint has answered, for the monitor of model quality.

    `id` is what `mlstack invoke --id` gave the call (SageMaker's InferenceId), or its event id. Of a call with several
    rows the file has as many lines, in their order. Labels may come in any number of files, long after the calls.
    """
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.monitors.labels import read_labels, upload_labels

    labels = read_labels(file)
    deployment = Deployment.open(environment, model)
    with explained(deployment.spec):
        uri = upload_labels(deployment, labels)
    if json:
        print_json({"calls": len(labels), "uri": uri})
    else:
        out.print(f"Labels of {len(labels)} calls: {uri}", markup=False)
