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

    A rejected version is never released. If it is released already, it serves on until another release. Where the
    environment uses the registry of another one, the version is rejected for this one alone.
    """
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.registry.decide import Registry, read_release
    from mlstack.registry.versions import REJECTED, in_environment
    from mlstack.release.variants import further_of

    registry = Registry.of(environment, model)
    decided, changed = registry.decide(version, REJECTED, reason)
    if json:
        print_json(decided.to_json() | {"changed": changed})
        return
    done = f"rejected{'' if changed else ' already'}{f' for {environment}' if registry.stage else ''}"
    out.print(f"Model version {decided.version} is {done}.", markup=False)
    if registry.stage is not None:  # What that environment serves is known in its own account.
        out.print(f"Whether it is still served there: mlstack status {environment}", markup=False)
        return
    deployment = registry.deployment
    with explained(deployment.spec):
        release = read_release(deployment)
    for name, arn in further_of(deployment.spec, release).items():
        if arn == decided.arn:
            removal = f"mlstack release {deployment.address} --variant {name} --remove"
            out.print(f"It is still the endpoint's {name}. Next: {removal}", markup=False)
    if release.model_package_arn == decided.arn:
        rollback = in_environment("models rollback", deployment.address)
        out.print(f"It still serves. Next: mlstack release {deployment.address}, or {rollback}", markup=False)
