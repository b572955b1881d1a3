"""What the runs of every kind of job share: inputs brought, environments made, credentials handed out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.execution.environments import RequirementsError
from mlstack_localcloud.server.sagemaker.execution.failures import JobError
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError
from mlstack_localcloud.server.sagemaker.execution.shares import WHOLE

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.directories import JobDirectory
    from mlstack_localcloud.server.sagemaker.execution.environments import Requirements
    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.execution.shares import Share
    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.ports import Document


@dataclass(frozen=True)
class JobRun:
    """One job at work.

    Attributes:
        job: The job, as Describe answers it.
        region: Its region.
        directory: Its directory.
        workshop: What jobs are run with.
        caller_arn: Who created it.
    """

    job: Document
    region: str
    directory: JobDirectory
    workshop: Workshop
    caller_arn: str

    @property
    def objects(self) -> Objects:
        """What moves objects with the rights of the job's role."""
        return self.workshop.objects.under(self.job.get("RoleArn"))

    def attach_volume(self, cluster: Document) -> None:
        """Encrypt the job's volume, as far as that takes rights.

        Args:
            cluster: The instances: VolumeKmsKeyId.

        Raises:
            JobError: Neither its role nor who created it may.
        """
        if cluster.get("VolumeKmsKeyId") and "RoleArn" in self.job:
            self.workshop.attach_volume(self.job["RoleArn"], self.caller_arn, cluster["VolumeKmsKeyId"], self.region)

    def fetch(self, source: Document, target: Path, share: Share = WHOLE) -> None:
        """Bring an input into the directory.

        Args:
            source: The input: S3Uri and S3DataType.
            target: Where to.
            share: Which part of its objects.

        Raises:
            JobError: It is not there.
        """
        manifest = source.get("S3DataType") == "ManifestFile"
        download = self.objects.download_manifest if manifest else self.objects.download
        try:
            download(source["S3Uri"], target, self.region, share)
        except TransferError as error:
            raise JobError(f"ClientError: {error}") from error

    def python(self, requirements: Requirements) -> Path:
        """Return the interpreter of an environment with these requirements, made when it isn't there.

        Raises:
            JobError: They can't be installed.
        """
        try:
            return self.workshop.environments.python(requirements)
        except RequirementsError as error:
            raise JobError(f"ClientError: {error}") from error

    def credentials(self, *, isolated: bool) -> dict[str, str]:
        """Return the variables with temporary keys of the job's role; none without a role, or without a network."""
        if isolated or "RoleArn" not in self.job:
            return {}
        return self.workshop.credentials(self.job["RoleArn"], self.region)

    def own_variables(self) -> dict[str, str]:
        """Return the variables that the request gives, with the job's own paths."""
        given: dict[str, str] = self.job.get("Environment", {})
        return {name: self.directory.localised(value) for name, value in given.items()}

    def write(self, name: str, content: Any) -> None:
        """Write a configuration file.

        Args:
            name: Its path below /opt/ml.
            content: What it holds, as JSON.
        """
        (self.directory.base / name).write_text(json.dumps(content), encoding="utf-8")
