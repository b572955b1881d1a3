"""Which data a run trains on: what `data.source` names, as it is now, or a pushed dataset that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import UserError

from mlstack.datasets.source import push_folder, source_path
from mlstack.training.upload import Source, data_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlstack_stacks.spec import EnvironmentSpec
    from mypy_boto3_s3 import S3Client

    from mlstack.cloud.deployment import Deployment


def project_data(
    s3: S3Client, spec: EnvironmentSpec, bucket: str, stack_uri: str | None, say: Callable[[str], object]
) -> Source | None:
    """See to it that the project's own data is in S3.

    Args:
        s3: A client.
        spec: The environment.
        bucket: The data bucket.
        stack_uri: The data of the stack, or None.
        say: Told what is being done.

    Returns:
        Where it is; of a prefix in S3 what the stack has, and None where that has nothing.
    """
    path = source_path(spec)
    if path is None:
        return None if stack_uri is None else Source(stack_uri)
    if not path.is_dir():
        return data_source(s3, path, bucket, stack_uri)
    pushed = push_folder(s3, bucket, path, say)
    return Source(pushed.uri, changed=pushed.uri != stack_uri, uploaded=pushed.is_new)


def chosen_data(
    deployment: Deployment, reference: str, chosen: Mapping[str, str], say: Callable[[str], object]
) -> dict[str, str]:
    """The parameter for a pushed dataset.

    Args:
        deployment: The environment.
        reference: `NAME[@VERSION]`.
        chosen: The parameters that were set on the command line.
        say: Told which version it is.

    Returns:
        `DataUri`, which the model version keeps.

    Raises:
        UserError: There is no such dataset, or `DataUri` is set, too.
    """
    from mlstack.datasets.catalog import Catalog

    if "DataUri" in chosen:
        raise UserError("`--data` and `--set DataUri=` both say what to train on.", next_step="Leave one of them out.")
    catalog = Catalog(deployment.session.client("s3"), deployment.data_bucket)
    version = catalog.resolve(reference)
    say(f"Training on {version.reference}: {version.files} files, pushed by {version.created_by}.")
    return {"DataUri": catalog.uri(version)}
