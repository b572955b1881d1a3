"""`mlstack models approve`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, EnvironmentOption, Model

EXAMPLES = ("mlstack models approve", 'mlstack models approve 3 --reason "better recall on rain"')


def command(
    version: Annotated[int | None, typer.Argument(help="The version; the newest pending one by default.")] = None,
    environment: EnvironmentOption = DEFAULT,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept with the version.")] = None,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Approve a model version.

    Only approved versions can be released. Nothing is released by it.
    """
    from mlstack.cloud.deployment import Deployment
    from mlstack.console import out, print_json
    from mlstack.registry.decide import decide_version
    from mlstack.registry.versions import APPROVED

    deployment = Deployment.open(environment, model)
    decided, changed = decide_version(deployment, version, APPROVED, reason)
    if json:
        print_json(decided.to_json() | {"changed": changed})
        return
    out.print(f"Model version {decided.version} is {'approved' if changed else 'approved already'}.", markup=False)
    out.print(f"Next: mlstack release {deployment.address}", markup=False)
