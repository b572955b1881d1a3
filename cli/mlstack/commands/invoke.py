"""`mlstack invoke`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import TYPE_CHECKING, Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

if TYPE_CHECKING:
    from mlstack.cloud.deployment import Deployment
    from mlstack.serving.ask import Answer
    from mlstack.serving.rows import Payload

EXAMPLES = (
    "mlstack invoke local --file sample.csv",
    "mlstack invoke local --file sample.json --accept csv",
    "mlstack invoke prod --file sample.csv --variant challenger",
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
    variant: Annotated[
        str | None,
        typer.Option("--variant", help="The variant that should answer; drawn by the weights by default."),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Of an asynchronous endpoint: don't wait, print where the answer will be.")
    ] = False,
    model: Model = None,
    call_id: Annotated[
        str | None, typer.Option("--id", help="What the call is known by when `mlstack label` says what was right.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Ask the live endpoint for predictions.

    Prints the answer as the model gave it, one request a call. An asynchronous endpoint gets the file through the data
    bucket, and its answer is waited for.
    """
    import sys

    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import print_json
    from mlstack.serving.rows import content_type_of, media_type, payload, read_body

    name, kind = str(file), content_type_of(str(file), content_type)
    sent = payload(read_body(name), kind, name, "asynchronous")  # What any kind of endpoint takes.
    deployment = Deployment.open(environment, model)
    wanted = media_type(accept) if accept else kind
    with explained(deployment.spec):
        answer = _asked(deployment, sent, wanted, _How(name, detach, json, variant, call_id))
    if answer is None:
        return
    if json:
        print_json(answer.to_json(deployment.endpoint_name))
        return
    sys.stdout.buffer.write(answer.body if answer.body.endswith(b"\n") else answer.body + b"\n")
    sys.stdout.buffer.flush()


@dataclass(frozen=True)
class _How:
    """How the endpoint is asked: from which file, whether nobody waits, and for whom it is printed."""

    source: str
    detach: bool
    json: bool
    variant: str | None
    call_id: str | None


def _asked(deployment: Deployment, sent: Payload, accept: str, how: _How) -> Answer | None:
    """The endpoint's answer; None where nobody waits for it, and where it will be is printed."""
    from mlstack_components.errors import UserError

    from mlstack.console import print_json, progress
    from mlstack.serving.ask import ask
    from mlstack.serving.rows import require_size

    serving = deployment.spec.serving
    require_size(len(sent.body), how.source, "realtime" if serving is None else serving.kind)
    if serving is None or serving.kind != "asynchronous":
        if how.detach:
            raise UserError("--detach is for asynchronous endpoints; this one answers at once.")
        return ask(deployment, sent, accept, how.variant, how.call_id)
    if how.variant is not None:
        raise UserError("--variant is for endpoints that answer at once; an asynchronous one has one variant.")
    if how.call_id is not None:
        raise UserError("--id is for real-time endpoints: the calls of asynchronous ones are not captured.")
    from mlstack.serving.ask_asynchronous import submit, wait

    with progress("Uploading the input") as line:
        submitted = submit(deployment, sent, accept, how.source)
        if not how.detach:
            line.update(f"Waiting for {submitted.output_location}")
            return wait(deployment, submitted)
    if how.json:
        print_json(submitted.to_json(deployment.endpoint_name))
    else:
        typer.echo(submitted.output_location)
    return None
