"""`mlstack models show`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, EnvironmentOption, Model

EXAMPLES = ("mlstack models show", "mlstack models show 3")


def command(
    version: Annotated[int | None, typer.Argument(help="The version; the newest one by default.")] = None,
    environment: EnvironmentOption = DEFAULT,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Show a model version: its metrics, who decided on it, and what it is made from."""
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.registry.decide import released_arn
    from mlstack.registry.packages import describe, list_versions
    from mlstack.registry.show import version_details
    from mlstack.registry.stages import seen_from
    from mlstack.registry.versions import find_version, require_any

    deployment = Deployment.open(environment, model)
    with explained(deployment.spec):
        versions = list_versions(deployment.session.client("sagemaker"), deployment.group_name)
        require_any(versions, deployment.address)
        chosen = versions[0] if version is None else find_version(versions, version)
        described = seen_from(describe(deployment.session, chosen.arn), deployment.stage)
        released = released_arn(deployment)
    if json:
        print_json(described.to_json() | {"released": described.arn == released})
    else:
        out.print(version_details(described, released))
