"""`mlstack data list`."""

from __future__ import annotations

from mlstack.commands.arguments import DEFAULT, AsJson, Environment

EXAMPLES = ("mlstack data list local", "mlstack data list prod --json")


def command(environment: Environment = DEFAULT, *, json: AsJson = False) -> None:
    """List the datasets of an environment and their versions, newest first."""
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.datasets.catalog import Catalog
    from mlstack.datasets.show import versions_table

    # Whatever the model: all of them share the buckets.
    deployment = Deployment.open_each(environment)[0]
    catalog = Catalog(deployment.session.client("s3"), deployment.data_bucket)
    with explained(deployment.spec):
        versions = catalog.all_versions()
    if json:
        print_json([version.to_json() | {"uri": catalog.uri(version)} for version in versions])
    elif versions:
        out.print(versions_table(versions))
    else:
        out.print(f"No dataset yet. Push one: mlstack data push {environment} PATH", markup=False)
