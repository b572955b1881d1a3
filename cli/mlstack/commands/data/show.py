"""`mlstack data show`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import AsJson, Environment, Model  # noqa: TC001 - typer reads the annotations

EXAMPLES = ("mlstack data show local weather", "mlstack data show prod weather@0a1b2c3d --json")


def command(
    environment: Environment,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME[@VERSION]",
            help="The dataset, by default that of `data.source`; the newest version by default.",
        ),
    ] = None,
    *,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Show a version of a dataset: when it was pushed, by whom, and its files."""
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.datasets.catalog import Catalog
    from mlstack.datasets.show import version_lines
    from mlstack.datasets.source import source_dataset

    # Whatever the model: all of them share the buckets, and a name needs none.
    named = model is None and name is not None
    deployment = Deployment.open_each(environment)[0] if named else Deployment.open(environment, model)
    wanted = name or source_dataset(deployment.spec)
    catalog = Catalog(deployment.session.client("s3"), deployment.data_bucket)
    with explained(deployment.spec):
        version = catalog.resolve(wanted)
        files = catalog.manifest(version)
    if json:
        print_json(version.to_json() | {"uri": catalog.uri(version), "contents": files})
        return
    for line in version_lines(version, catalog.uri(version), files):
        out.print(line, markup=False)
