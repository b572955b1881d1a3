"""`mlstack release`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment

EXAMPLES = ("mlstack release local", "mlstack release prod --version 3")


def command(
    environment: Environment = DEFAULT,
    *,
    version: Annotated[
        int | None, typer.Option("--version", help="An approved version; the newest one by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Serve an approved model version, and prove it.

    Moves the release pointer, updates the serving part of the environment and nothing else, and compares the live
    endpoint with what was intended. If it does not serve the version, everything is put back and the exit code is 1.
    """
    from mlstack.cloud.deployment import Deployment
    from mlstack.release.choose import approved_version, newest_version
    from mlstack.release.show import release_and_show

    choose = newest_version(environment) if version is None else approved_version(version, environment)
    release_and_show(Deployment.open(environment), choose, as_json=json)
