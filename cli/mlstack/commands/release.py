"""`mlstack release`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

EXAMPLES = (
    "mlstack release local",
    "mlstack release prod --version 3",
    "mlstack release prod --variant challenger --version 4",
    "mlstack release prod --variant challenger --remove",
)


def command(
    environment: Environment = DEFAULT,
    *,
    version: Annotated[
        int | None, typer.Option("--version", help="An approved version; the newest one by default.")
    ] = None,
    variant: Annotated[
        str | None,
        typer.Option("--variant", help="One of `serving.variants`, or `shadow`; the endpoint itself by default."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the version of the variant away again.")] = False,
    wait: Annotated[
        int,
        typer.Option("--wait", min=0, help="For how many minutes another release is waited for.", metavar="MINUTES"),
    ] = 0,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Serve an approved model version, and prove it.

    Moves the release pointer, updates the serving part of the environment and nothing else, and compares the live
    endpoint with what was intended. If it does not serve the version, everything is put back and the exit code is 1.
    """
    from mlstack_components.errors import UserError

    from mlstack.cloud.deployment import Deployment
    from mlstack.release.choose import approved_version, newest_version
    from mlstack.release.show import release_and_show, remove_and_show
    from mlstack.release.variants import require_variant

    if remove and (variant is None or version is not None):
        raise UserError("--remove takes --variant, and no --version.", next_step="Name the variant that is to go.")
    deployment = Deployment.open(environment, model)
    if variant is not None:
        require_variant(deployment.spec, variant)
    if variant is not None and remove:
        remove_and_show(deployment, variant, as_json=json)
        return
    choose = newest_version(deployment.address) if version is None else approved_version(version, deployment.address)
    release_and_show(deployment, choose, as_json=json, variant=variant, wait_minutes=wait)
