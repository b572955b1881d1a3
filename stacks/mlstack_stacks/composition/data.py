"""The part `data`: where the pipeline finds the data, and who may read it there.

A file is uploaded by the stack. A folder is not, object by object: each would be a resource, which costs the engine as
much as a bucket does. The stack only names where its contents belong, by their hash, and `mlstack up`, `run` and
`data push` see to it that they are there. A prefix in S3 is taken as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from mlstack_components.aws.names import dataset_files_prefix, s3_uri

from mlstack_stacks.infrastructure_bundle import recorded
from mlstack_stacks.spec.monitors import data_quality_of

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack_components.aws.artifact_store import ArtifactStore
    from mlstack_components.aws.job_policy_args import JobKind
    from mlstack_components.aws.read_policies import ReadPrefix

    from mlstack_stacks.spec import EnvironmentSpec


def data_file(spec: EnvironmentSpec) -> Path | None:
    """The file that the stack uploads; None where there is none, or nothing is trained on it here.

    Args:
        spec: The specification of the environment.
    """
    if spec.data is None or spec.data.s3 is not None or spec.registry_source is not None:
        return None
    path = spec.root / spec.data.source
    return None if path.is_dir() else path


def data_uri(spec: EnvironmentSpec, store: ArtifactStore) -> pulumi.Output[str | None]:
    """Where the pipeline finds the data; None without data.

    Args:
        spec: The specification of the environment.
        store: Its buckets.

    Raises:
        UserError: The folder of the data can't be read.
    """
    if spec.data is None or spec.registry_source is not None or data_file(spec) is not None:
        return store.data_uri
    place = spec.data.s3
    if place is not None and place.bucket is not None:
        return pulumi.Output.from_input(spec.data.source)
    prefix = _folder_prefix(spec, spec.data.source) if place is None else place.prefix
    return store.data_bucket.apply(lambda bucket: s3_uri(bucket, prefix))


def folder_prefix(folder: Path, version: str | None = None) -> str:
    """The prefix of a folder's contents in the data bucket.

    Args:
        folder: The folder.
        version: The SHA-256 of its contents, where it is known; it is read otherwise.

    Raises:
        UserError: It can't be read.
    """
    from mlstack_components.aws.dataset import dataset_name

    return dataset_files_prefix(dataset_name(folder), version or folder_version(folder))


def folder_version(folder: Path) -> str:
    """The SHA-256 of a folder's contents, in hexadecimal.

    Args:
        folder: The folder.

    Raises:
        UserError: It can't be read.
    """
    from mlstack_components.aws.dataset import find_files, read_dataset

    return read_dataset(find_files(folder)).version


def _folder_prefix(spec: EnvironmentSpec, source: str) -> str:
    """The prefix of a folder; in a bundle, which holds a stand-in of it, that of the folder itself."""
    bundled = recorded(spec.root)
    return folder_prefix(spec.root / source, None if bundled is None else bundled["datasets"].get(source))


def prefixes_of_others(spec: EnvironmentSpec) -> dict[JobKind, tuple[ReadPrefix, ...]]:
    """The prefixes outside of the environment's own buckets that the jobs of a kind read, by kind.

    Args:
        spec: The specification of the environment.
    """
    data, steps = spec.data, spec.steps
    if data is None or data.s3 is None or data.s3.bucket is None or steps is None:
        return {}
    from mlstack_components.aws.job_policy_args import JobKind
    from mlstack_components.aws.read_policies import ReadPrefix

    read = (ReadPrefix(data.s3.bucket, data.s3.prefix, data.encryption_key),)
    if steps.prepare is not None:
        return {JobKind.PROCESSING: read}
    # What nobody prepares is trained on as it is, and evaluated on, and the baseline of monitors is of it.
    processing = (JobKind.PROCESSING,) if steps.evaluate or data_quality_of(spec) else ()
    return dict.fromkeys((JobKind.TRAINING, *processing), read)
