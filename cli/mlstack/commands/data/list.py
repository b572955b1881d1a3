"""`mlstack data list`."""

from __future__ import annotations

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

EXAMPLES = ("mlstack data list local", "mlstack data list prod --json")


def command(environment: Environment = DEFAULT, *, model: Model = None, json: AsJson = False) -> None:
    """List the datasets of an environment and their versions, newest first.

    Models share the datasets; with --model only the one that the model's `data.source` names.
    """
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.datasets.catalog import Catalog
    from mlstack.datasets.show import versions_table
    from mlstack.datasets.source import source_dataset

    # Whatever the model: all of them share the buckets.
    deployment = Deployment.open_each(environment)[0] if model is None else Deployment.open(environment, model)
    only = None if model is None else source_dataset(deployment.spec)
    catalog = Catalog(deployment.session.client("s3"), deployment.data_bucket)
    with explained(deployment.spec):
        versions = catalog.all_versions() if only is None else catalog.versions(only)
    if json:
        print_json([version.to_json() | {"uri": catalog.uri(version)} for version in versions])
    elif versions:
        out.print(versions_table(versions))
    else:
        out.print(
            f"No dataset yet. Push one: mlstack data push {deployment.address if model else environment} PATH",
            markup=False,
        )
