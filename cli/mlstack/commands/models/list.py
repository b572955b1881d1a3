"""`mlstack models list`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, EnvironmentOption, Model

EXAMPLES = ("mlstack models list", "mlstack models list --environment prod --json")


def command(
    environment: EnvironmentOption = DEFAULT,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, newest first.")] = 20,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """List the model versions of a project, newest first, with their metrics."""
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.registry.decide import released_arn
    from mlstack.registry.packages import versions_of, with_metrics
    from mlstack.registry.show import versions_table
    from mlstack.registry.versions import require_any

    deployment = Deployment.open(environment, model)
    with explained(deployment.spec):
        every = versions_of(deployment)
        versions = with_metrics(deployment.session, every[:limit])
        released = released_arn(deployment)
    if json:
        print_json([version.to_json() | {"released": version.arn == released} for version in versions])
        return
    require_any(every, deployment.address)
    out.print(versions_table(versions, released))
    if len(every) > limit:
        out.print(f"{len(every) - limit} older ones are not shown.", markup=False)
