"""`mlstack models reject`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, EnvironmentOption, Model

EXAMPLES = ("mlstack models reject", 'mlstack models reject 3 --reason "too slow"')


def command(
    version: Annotated[int | None, typer.Argument(help="The version; the newest pending one by default.")] = None,
    environment: EnvironmentOption = DEFAULT,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept with the version.")] = None,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Reject a model version.

    A rejected version is never released. If it is released already, it serves on until another release.
    """
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.registry.decide import decide_version, released_arn
    from mlstack.registry.versions import REJECTED, in_environment

    deployment = Deployment.open(environment, model)
    decided, changed = decide_version(deployment, version, REJECTED, reason)
    if json:
        print_json(decided.to_json() | {"changed": changed})
        return
    out.print(f"Model version {decided.version} is {'rejected' if changed else 'rejected already'}.", markup=False)
    with explained(deployment.spec):
        serves = released_arn(deployment) == decided.arn
    if serves:
        rollback = in_environment("models rollback", environment)
        out.print(f"It still serves. Next: mlstack release {environment}, or {rollback}", markup=False)
