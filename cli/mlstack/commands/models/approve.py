"""`mlstack models approve`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, EnvironmentOption, Model

EXAMPLES = (
    "mlstack models approve",
    'mlstack models approve 3 --reason "better recall on rain"',
    "mlstack models approve 3 --environment prod",
)


def command(
    version: Annotated[int | None, typer.Argument(help="The version; the newest pending one by default.")] = None,
    environment: EnvironmentOption = DEFAULT,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept with the version.")] = None,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Approve a model version.

    Only approved versions can be released. Nothing is released by it. Where the environment uses the registry of
    another one, the version is approved for this one, with keys of the other one's account; the other one's own
    approval comes first.
    """
    from mlstack.console import out, print_json
    from mlstack.registry.decide import Registry
    from mlstack.registry.versions import APPROVED

    registry = Registry.of(environment, model)
    decided, changed = registry.decide(version, APPROVED, reason)
    if json:
        print_json(decided.to_json() | {"changed": changed})
        return
    done = f"approved{'' if changed else ' already'}{f' for {environment}' if registry.stage else ''}"
    out.print(f"Model version {decided.version} is {done}.", markup=False)
    out.print(f"Next: mlstack release {registry.address}", markup=False)
