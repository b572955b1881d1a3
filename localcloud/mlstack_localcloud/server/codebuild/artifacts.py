"""Brings the artifacts of a build to S3, encrypted with the build's key.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack_localcloud.server.codebuild.buildspec import Buildspec
    from mlstack_localcloud.server.sagemaker.execution.directories import JobDirectory
    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.ports import Document


def upload(build: Document, spec: Buildspec, directory: JobDirectory, objects: Objects, region: str) -> None:
    """Bring the artifacts to where the build says.

    Args:
        build: The build.
        spec: Its buildspec, which names the files.
        directory: Its directory.
        objects: Move them, with the rights of the build's role.
        region: The build's region.

    Raises:
        TransferError: S3 refused them.
    """
    artifacts = build["artifacts"]
    if artifacts["type"] != "S3":
        return
    key = build["encryptionKey"]
    # The alias of AWS's own key means: encrypted as the bucket says.
    key_id = None if key.endswith("alias/aws/s3") or artifacts.get("encryptionDisabled") else key
    uri = f"s3://{artifacts['location']}/{_prefix(artifacts, build)}"
    files = _files(spec, directory.root / "src")
    if artifacts.get("packaging") == "ZIP":
        archive = directory.root / "artifacts.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, file in files.items():
                packed.write(file, name)
        objects.upload_file(archive, uri, region, key_id)
        return
    for name, file in files.items():
        objects.upload_file(file, f"{uri}/{name}", region, key_id)


def _prefix(artifacts: Document, build: Document) -> str:
    """The place in the bucket: path, namespace and name."""
    namespace = build["id"].rpartition(":")[2] if artifacts.get("namespaceType") == "BUILD_ID" else ""
    parts = (artifacts.get("path", ""), namespace, artifacts.get("name") or build["projectName"])
    return "/".join(part.strip("/") for part in parts if part.strip("/"))


def _files(spec: Buildspec, source: Path) -> dict[str, Path]:
    base = (source / spec.base_directory).resolve()
    if not base.is_relative_to(source.resolve()):
        return {}
    # `**/*` has the files directly below, too, as it has for CodeBuild.
    found = sorted({file for pattern in spec.artifacts for file in base.glob(pattern) if file.is_file()})
    inside = [file for file in found if file.resolve().is_relative_to(base)]
    return {file.name if spec.discard_paths else file.relative_to(base).as_posix(): file for file in inside}
