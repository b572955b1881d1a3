"""`mlstack invoke`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment

EXAMPLES = (
    "mlstack invoke local --file sample.csv",
    "mlstack invoke local --file sample.json --accept csv",
    "head -2 sample.csv | mlstack invoke local --file - --content-type csv",
)


def command(
    environment: Environment = DEFAULT,
    *,
    file: Annotated[Path, typer.Option("--file", "-f", help="The rows to send; `-` reads standard input.")],
    content_type: Annotated[
        str | None,
        typer.Option("--content-type", help="csv, json, jsonl or a media type; by the file's name by default."),
    ] = None,
    accept: Annotated[
        str | None,
        typer.Option("--accept", help="What to answer: csv, json, jsonl or a media type; as sent by default."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Ask the live endpoint for predictions.

    Prints the answer as the model gave it, one request a call.
    """
    import sys

    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import print_json
    from mlstack.serving.ask import ask
    from mlstack.serving.rows import content_type_of, media_type, payload, read_body

    name = str(file)
    kind = content_type_of(name, content_type)
    sent = payload(read_body(name), kind, name)
    deployment = Deployment.open(environment)
    with explained(deployment.spec):
        answer = ask(deployment, sent, media_type(accept) if accept else kind)
    if json:
        print_json(answer.to_json(deployment.endpoint_name))
        return
    sys.stdout.buffer.write(answer.body if answer.body.endswith(b"\n") else answer.body + b"\n")
    sys.stdout.buffer.flush()
