"""`mlstack plan`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack plan local", "mlstack plan prod --check --json")


def command(
    environment: Annotated[str, typer.Argument(help="The environment, as in mlstack.yaml.")] = "local",
    check: Annotated[
        bool, typer.Option("--check", help="Only say what the environment consists of: no engine, no account.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what an environment would consist of, or what would change.

    An environment that is up is previewed by the engine: what `mlstack up` would change. One that is not is only
    checked: its resources as a tree, without an engine and without an account. Nothing is changed either way.
    """
    from mlstack.infrastructure.plan import plan

    plan(environment, check_only=check, as_json=json)
