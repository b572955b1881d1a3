"""`mlstack plan`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack plan local", "mlstack plan prod --check --json", "mlstack plan prod --fail-over 300")


def command(
    environment: Annotated[str, typer.Argument(help="The environment, as in mlstack.yaml.")] = "local",
    check: Annotated[
        bool, typer.Option("--check", help="Only say what the environment consists of: no engine, no account.")
    ] = False,
    cost: Annotated[
        bool | None,
        typer.Option("--cost/--no-cost", help="Estimate what a month costs; by default of all environments but local."),
    ] = None,
    fail_over: Annotated[
        float | None,
        typer.Option("--fail-over", metavar="USD", min=0, help="Exit with 1 where a month costs more than this."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what an environment consists of, or what would change.

    An environment that is up is previewed by the engine: what `mlstack up` would change. One that is not is only
    checked: its resources as a tree, without an engine and without an account. Nothing is changed either way.

    The cost is an estimate from assumptions that are shown with it and may be changed in mlstack.yaml, and from list
    prices: AWS's own where credentials are there, those that come with mlstack otherwise and with --check.
    """
    from mlstack.infrastructure.plan import plan

    plan(environment, check_only=check, as_json=json, cost=cost, fail_over=fail_over)
