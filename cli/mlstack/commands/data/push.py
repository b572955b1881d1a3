"""`mlstack data push`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

EXAMPLES = (
    "mlstack data push local",
    "mlstack data push prod ~/measurements --name weather",
)


def command(
    environment: Environment = DEFAULT,
    path: Annotated[
        Path | None, typer.Argument(help="A file or folder; `data.source` of mlstack.yaml by default.")
    ] = None,
    *,
    name: Annotated[str | None, typer.Option("--name", help="The dataset's name; that of PATH by default.")] = None,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Push a file or folder into the data bucket, as a version of a dataset.

    The version is the hash of the contents: pushing the same again does nothing, and what other versions of the dataset
    have is not sent again. After Ctrl-C the same command goes on. `mlstack run --data NAME` trains on it.
    """
    from mlstack_components.aws.dataset import check_dataset_name, dataset_name

    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import err, out, print_json, progress
    from mlstack.datasets.catalog import Catalog
    from mlstack.datasets.push import push
    from mlstack.datasets.show import pushed_line
    from mlstack.datasets.source import required_source

    deployment = Deployment.open(environment, model)
    source = path or required_source(deployment.spec)
    chosen = dataset_name(source.resolve()) if name is None else check_dataset_name(name)
    catalog = Catalog(deployment.session.client("s3"), deployment.data_bucket)
    with explained(deployment.spec), progress(f"Reading {source}") as shown:
        pushed = push(catalog, source, chosen, shown.update)
    for each in pushed.skipped:
        err.print(f"Skipped {each}", markup=False)
    if json:
        print_json(pushed.to_json())
        return
    out.print(pushed_line(pushed), markup=False)
    if pushed.is_new:
        out.print(f"Train on it: mlstack run {deployment.address} --data {pushed.version.reference}", markup=False)
