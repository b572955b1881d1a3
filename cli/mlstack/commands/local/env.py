"""`mlstack local env`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = (
    'eval "$(mlstack local env)" && cd infra && pulumi up -s local',
    "mlstack local env --account 222222222222",
    "mlstack local env --json",
)


def command(
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="ACCOUNT", help="Keys of this account, 12 digits; it is opened if needed."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON; null means unset.")] = False,
) -> None:
    """Print the variables that point Pulumi, the AWS CLI and boto3 at the local cloud, for the shell to evaluate.

    Afterwards no client in that shell reaches a real cloud.
    """
    from shlex import quote

    from mlstack_localcloud.control import status

    from mlstack.console import print_json
    from mlstack.engine import find
    from mlstack.engine.environment import check_account, local_variables
    from mlstack.home import mlstack_home

    if account is not None:
        check_account(account)
    engine = find.find()
    variables = local_variables(engine, account)
    if engine is None:
        typer.echo("There is no Pulumi engine yet, and boto3 needs none: `mlstack engine install`.", err=True)
    if status(mlstack_home()) is None:
        typer.echo("The local cloud is not running yet: start it with `mlstack local start`.", err=True)
    if json:
        print_json(variables)
        return
    for name, value in sorted(variables.items()):
        typer.echo(f"unset {name}" if value is None else f"export {name}={quote(value)}")
