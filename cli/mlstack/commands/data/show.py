"""`mlstack data show`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import AsJson, Environment  # noqa: TC001 - typer reads the annotations

EXAMPLES = ("mlstack data show local weather", "mlstack data show prod weather@0a1b2c3d --json")


def command(
    environment: Environment,
    name: Annotated[str, typer.Argument(metavar="NAME[@VERSION]", help="The dataset; the newest version by default.")],
    *,
    json: AsJson = False,
) -> None:
    """Show a version of a dataset: when it was pushed, by whom, and its files."""
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.datasets.catalog import Catalog
    from mlstack.datasets.show import version_lines

    # Whatever the model: all of them share the buckets.
    deployment = Deployment.open_each(environment)[0]
    catalog = Catalog(deployment.session.client("s3"), deployment.data_bucket)
    with explained(deployment.spec):
        version = catalog.resolve(name)
        files = catalog.manifest(version)
    if json:
        print_json(version.to_json() | {"uri": catalog.uri(version), "contents": files})
        return
    for line in version_lines(version, catalog.uri(version), files):
        out.print(line, markup=False)
