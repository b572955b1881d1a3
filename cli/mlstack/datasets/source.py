"""The dataset that `data.source` of mlstack.yaml means, and how a project's folder gets into the data bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.spec import EnvironmentSpec

    from mlstack.datasets.push import Pushed


def source_path(spec: EnvironmentSpec) -> Path | None:
    """The file or folder of the project that is its data; None where the data is elsewhere, or there is none.

    Args:
        spec: The environment.
    """
    if spec.data is None or spec.data.s3 is not None:
        return None
    return spec.root / spec.data.source


def source_folder(spec: EnvironmentSpec) -> Path | None:
    """The folder of the project that is its data; None where it is none, or nothing is trained on it here.

    Args:
        spec: The environment.
    """
    path = None if spec.registry_source is not None else source_path(spec)
    return path if path is not None and path.is_dir() else None


def required_source(spec: EnvironmentSpec) -> Path:
    """The file or folder of the project that is its data.

    Args:
        spec: The environment.

    Raises:
        UserError: The data is elsewhere, or there is none.
    """
    path = source_path(spec)
    if path is None:
        raise UserError(
            f"{_elsewhere(spec)}, so nothing says what to push.",
            next_step=f"Name a file or folder: mlstack data push {spec.address} PATH",
        )
    return path


def _elsewhere(spec: EnvironmentSpec) -> str:
    where = "is in S3 already" if spec.data is not None else "is not given"
    return f"`data.source` of {spec.file.name} {where}"


def source_dataset(spec: EnvironmentSpec) -> str:
    """The name of the dataset that a push of the project's data makes versions of.

    Args:
        spec: The environment.

    Raises:
        UserError: The data is elsewhere, or there is none.
    """
    from mlstack_components.aws.dataset import dataset_name

    path = source_path(spec)
    if path is None:
        raise UserError(
            f"{_elsewhere(spec)}, so it names no dataset.",
            next_step=f"`mlstack data list {spec.environment}` shows all datasets.",
        )
    return dataset_name(path)


def push_folder(s3: Any, bucket: str, folder: Path, report: Callable[[str], object]) -> Pushed:
    """See to it that a project's folder is in the data bucket, where the stack says that it is.

    Args:
        s3: A client.
        bucket: The data bucket.
        folder: The folder.
        report: Told what is being done.

    Returns:
        The version that it is.
    """
    from mlstack_components.aws.dataset import dataset_name

    from mlstack.datasets.catalog import Catalog
    from mlstack.datasets.push import push

    return push(Catalog(s3, bucket), folder, dataset_name(folder), report)
