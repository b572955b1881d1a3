"""From a model in S3 to a directory that a model server can start in.

Stages of one variant: its artifacts are downloaded and unpacked, the environment of its code is made, the environment
variables are put together. What is unpacked is kept for restarts; a marker says that it is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.execution import archives, variables
from mlstack_localcloud.server.sagemaker.execution.directories import JobDirectory
from mlstack_localcloud.server.sagemaker.execution.environments import Requirements, RequirementsError
from mlstack_localcloud.server.sagemaker.execution.framework_images import packages_of
from mlstack_localcloud.server.sagemaker.execution.objects import DeniedError, TransferError

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.ports import Document
    from mlstack_localcloud.server.sagemaker.serving.deployment import Variant

_CODE_VARIABLE = "SAGEMAKER_SUBMIT_DIRECTORY"
_COMPLETE = ".complete"


class PreparationError(Exception):
    """A model cannot be served; the message is the endpoint's FailureReason."""


@dataclass(frozen=True)
class Prepared:
    """What the processes of a variant are started with.

    Attributes:
        directory: The variant's directory.
        python: The interpreter of the model's environment.
        environment: The environment variables.
    """

    directory: JobDirectory
    python: Path
    environment: dict[str, str]


def prepare(variant: Variant, root: Path, region: str, workshop: Workshop) -> Prepared:
    """Make everything that the processes of a variant need.

    Args:
        variant: The variant.
        root: Its directory; a complete one is used as it is.
        region: The region of the endpoint.
        workshop: Objects, environments and credentials.

    Raises:
        PreparationError: The artifacts or the environment cannot be had.
    """
    marker = root / _COMPLETE
    given = variant.environment()
    directory = JobDirectory.existing(root) if marker.exists() else JobDirectory.make(root)
    if not marker.exists():
        _fetch(variant, given, directory, region, workshop)
        marker.touch()
    code = _code_directory(given, directory)
    packages = packages_of(variant.container.get("Image", ""))
    try:
        python = workshop.environments.python(Requirements.in_directory(code, packages))
    except RequirementsError as error:
        raise PreparationError(f"Production variant {variant.name}: {error}") from error
    environment = {
        **variables.basic(directory, python, region),
        "SM_MODEL_DIR": str(directory.base / "model"),
        **({} if variant.isolated else workshop.credentials(variant.container["_role"], region)),
        **{name: directory.localised(value) for name, value in given.items()},
        _CODE_VARIABLE: str(code),
    }
    return Prepared(directory, python, environment)


def _fetch(variant: Variant, given: dict[str, str], directory: JobDirectory, region: str, workshop: Workshop) -> None:
    model = directory.base / "model"
    source: Document = variant.container.get("ModelDataSource", {}).get("S3DataSource", {})
    uri = variant.container.get("ModelDataUrl") or source.get("S3Uri")
    objects = workshop.objects.under(variant.container["_role"])
    try:
        if uri and source.get("CompressionType") == "None":
            objects.download(uri, model, region)
        elif uri:
            _unpack(uri, model, directory, region, objects)
        submitted = given.get(_CODE_VARIABLE, "")
        if submitted.startswith("s3://"):
            _unpack(submitted, directory.base / "code", directory, region, objects)
    except DeniedError as error:
        raise PreparationError(
            f'Failed to download model data for container "container_1" from URL: "{uri}". Please ensure that there is '
            "an object located at the URL and that the role passed to CreateModel has permissions to download the "
            f"model. ({error})"
        ) from error
    except TransferError as error:
        raise PreparationError(f"Production variant {variant.name}: {error}") from error


def _unpack(uri: str, target: Path, directory: JobDirectory, region: str, objects: Objects) -> None:
    archive = directory.root / "archive.tar.gz"
    objects.download_file(uri, archive, region)
    try:
        archives.extract(archive, target)
    except archives.ArchiveError as error:
        raise PreparationError(
            f'Failed to extract model data archive from URL "{uri}". Please ensure that the object located at the URL '
            f"is a valid tar.gz archive. ({error})"
        ) from error
    finally:
        archive.unlink(missing_ok=True)


def _code_directory(given: dict[str, str], directory: JobDirectory) -> Path:
    submitted = given.get(_CODE_VARIABLE, "")
    if submitted.startswith("s3://"):
        return directory.base / "code"
    return Path(directory.localised(submitted)) if submitted else directory.base / "model" / "code"
