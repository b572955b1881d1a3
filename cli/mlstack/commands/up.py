"""`mlstack up`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, Environment

EXAMPLES = ("mlstack up local", "mlstack up prod --yes")


def command(
    environment: Environment = DEFAULT,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before changing a cloud environment.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Look first for what was changed or deleted by hand, and put it back.")
    ] = False,
    delete_data: Annotated[
        bool, typer.Option("--delete-data", help="Also where records of feature groups are lost by it.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON: changes and outputs.")] = False,
) -> None:
    """Provision an environment, or bring it up to date.

    Starts the local cloud where it is needed. The same as `pulumi up -s ENVIRONMENT` in infra/.
    """
    from mlstack.console import out, print_json
    from mlstack.infrastructure.up import up
    from mlstack.project_directory import find_stack

    result = up(find_stack(), environment, yes=yes, refresh=refresh, delete_data=delete_data)
    if json:
        print_json(
            {
                "environment": environment,
                "changes": [{"operation": step.operation, "urn": step.urn} for step in result.changes.steps],
                "unchanged": result.changes.unchanged,
                "seconds": round(result.changes.seconds, 3),
                "outputs": result.outputs,
            }
        )
        return
    out.print(f"{environment} is up: {result.changes.summary} ({result.changes.seconds:.1f} s)", markup=False)
    for model, outputs in {"": result.outputs, **(result.outputs.get("models") or {})}.items():
        of = f" of {model}" if model else ""
        if waits_for := outputs.get("endpoint_waits_for"):
            out.print(f"The endpoint{of} waits: {waits_for}", markup=False)
        if waits_for := outputs.get("batch_waits_for"):
            out.print(f"Batches{of} wait: {waits_for}", markup=False)
