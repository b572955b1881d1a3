"""What a host of a training job does: from its channels to its artifacts.

Stages, each called by the state machine of the training job:

| stage | takes | gives |
| --- | --- | --- |
| `download` | the channels in S3 | the directory as a container would see it |
| `command` | code, hyperparameters, image | the command, in the environment of its requirements |
| `upload` | the model and output directories | model.tar.gz and output.tar.gz in S3 |

A failure of the user's making is a `JobError` whose text is the job's FailureReason.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.execution import archives, distribution, variables
from mlstack_localcloud.server.sagemaker.execution.checkpoints import DEFAULT_DIRECTORY, Checkpoints
from mlstack_localcloud.server.sagemaker.execution.environments import Requirements
from mlstack_localcloud.server.sagemaker.execution.failures import JobError
from mlstack_localcloud.server.sagemaker.execution.framework_images import packages_of
from mlstack_localcloud.server.sagemaker.execution.job_run import JobRun
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError
from mlstack_localcloud.server.sagemaker.execution.process import Command
from mlstack_localcloud.server.sagemaker.execution.shares import WHOLE, Share

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

_SUBMIT_DIRECTORY = "sagemaker_submit_directory"
_PROGRAM = "sagemaker_program"
_SOURCE_ARCHIVE = "sourcedir.tar.gz"
_OWN_PREFIX = "sagemaker_"
# What a tuning job tells its training jobs; SageMaker's training toolkit keeps it from the script, too.
_TUNING_METRIC = "_tuning_objective_metric"
# The channel in which the sagemaker SDK's ModelTrainer sends its driver scripts, which hold /opt/ml in their text.
_DRIVER_CHANNEL = "sm_drivers"


@dataclass(frozen=True)
class TrainingRun(JobRun):
    """One host of a training job at work.

    Attributes:
        host: Which of its hosts, from 0.
        master_port: The port that its hosts find each other at.
    """

    host: int = 0
    master_port: int = 0

    @property
    def hosts(self) -> list[str]:
        """The names of all hosts of the job."""
        return variables.host_names(self.job["ResourceConfig"].get("InstanceCount", 1))

    @property
    def resource_config(self) -> Document:
        """The content of resourceconfig.json."""
        return variables.resource_config(self.job["ResourceConfig"], self.hosts, self.host)

    def download(self) -> None:
        """Bring the channels and the configuration files into the directory.

        Raises:
            JobError: An input is not there.
        """
        self.attach_volume(self.job["ResourceConfig"])
        for channel in self.job.get("InputDataConfig", []):
            target = self.directory.base / "input" / "data" / channel["ChannelName"]
            target.mkdir(parents=True, exist_ok=True)
            source = channel["DataSource"]["S3DataSource"]
            self.fetch(source, target, Share(self.host, len(self.hosts)) if _is_sharded(source) else WHOLE)
            if channel["ChannelName"] == _DRIVER_CHANNEL:
                self._localise_texts(target)
        self._write_configuration()

    def command(self) -> Command:
        """Return what to run, after its code was unpacked and its environment made.

        Raises:
            JobError: There is no code or no environment for it.
        """
        own = variables.decoded(self.job.get("HyperParameters", {}))
        submitted, program = own.get(_SUBMIT_DIRECTORY), str(own.get(_PROGRAM, ""))
        code = self.directory.base / "code"
        if submitted is not None:
            self._unpack(str(submitted), code)
        python = self.python(self._requirements(code))
        hyperparameters = {name: value for name, value in own.items() if not _is_own(name)}
        environment = {
            **variables.basic(self.directory, python, self.region),
            **variables.training(self.directory, self.job, hyperparameters, program, self.resource_config),
            **self.credentials(isolated=self.job.get("EnableNetworkIsolation", False)),
            "PYTHONPATH": str(code),
            **self.own_variables(),
            **distribution.addresses(self),
        }
        arguments = self._arguments(program, hyperparameters, code) or distribution.launched(
            self, own, environment["PATH"], [program, *variables.arguments_of(hyperparameters)]
        )
        return Command(tuple(arguments), environment, code, self.directory.log)

    def checkpoints(self) -> Checkpoints | None:
        """Return what keeps the checkpoints, or None where the job has none."""
        config = self.job.get("CheckpointConfig")
        if not config:
            return None
        directory = Path(self.directory.localised(config.get("LocalPath", DEFAULT_DIRECTORY)))
        return Checkpoints(self.objects, directory, config["S3Uri"], self.region)

    def upload(self) -> None:
        """Bring the artifacts to S3.

        Raises:
            JobError: S3 refused them.
        """
        output = self.job["OutputDataConfig"]
        key = output.get("KmsKeyId") or None
        artifacts = self.job["ModelArtifacts"]["S3ModelArtifacts"]
        model, data = self.directory.base / "model", self.directory.base / "output" / "data"
        try:
            if output.get("CompressionType", "GZIP") == "NONE":
                self.objects.upload(model, artifacts, self.region, key)
            else:
                self._upload_packed(model, artifacts, key)
            if any(data.iterdir()):
                self._upload_packed(data, artifacts.rsplit("/", 1)[0] + "/output.tar.gz", key)
        except TransferError as error:
            raise JobError(f"ClientError: {error}") from error

    def _upload_packed(self, directory: Path, uri: str, key: str | None) -> None:
        archive = self.directory.root / uri.rsplit("/", 1)[-1]
        archives.pack(directory, archive)
        self.objects.upload_file(archive, uri, self.region, key)

    def _write_configuration(self) -> None:
        channels = {
            channel["ChannelName"]: {
                "TrainingInputMode": "File",
                "S3DistributionType": (
                    "ShardedByS3Key" if _is_sharded(channel["DataSource"]["S3DataSource"]) else "FullyReplicated"
                ),
                "RecordWrapperType": "None",
                **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
            }
            for channel in self.job.get("InputDataConfig", [])
        }
        self.write("input/config/hyperparameters.json", self.job.get("HyperParameters", {}))
        self.write("input/config/inputdataconfig.json", channels)
        self.write("input/config/resourceconfig.json", self.resource_config)

    def _localise_texts(self, directory: Path) -> None:
        for path in directory.rglob("*"):
            if path.suffix in {".sh", ".py", ".json"} and path.is_file():
                text = path.read_text(encoding="utf-8", errors="surrogateescape")
                path.write_text(self.directory.localised(text), encoding="utf-8", errors="surrogateescape")

    def _unpack(self, submitted: str, code: Path) -> None:
        archive = Path(self.directory.localised(submitted))
        try:
            if submitted.startswith("s3://"):
                archive = self.directory.root / _SOURCE_ARCHIVE
                self.objects.download_file(submitted, archive, self.region)
            archives.extract(archive, code)
        except (TransferError, archives.ArchiveError) as error:
            raise JobError(f"ClientError: The code in {submitted} cannot be used: {error}") from error

    @property
    def _image(self) -> str:
        return str(self.job["AlgorithmSpecification"].get("TrainingImage", ""))

    def _requirements(self, code: Path) -> Requirements:
        packages = packages_of(self._image)
        channel = self.directory.base / "input" / "data" / "code"
        archive = channel / _SOURCE_ARCHIVE
        if not any(code.iterdir()) and archive.is_file():
            # An entry point of the request's own unpacks the code itself.
            return Requirements(archives.read_member(archive, "requirements.txt") or "", packages=packages)
        where = channel if (channel / "requirements.txt").is_file() else code
        return Requirements.in_directory(where, packages)

    def _arguments(self, program: str, hyperparameters: dict[str, Any], code: Path) -> list[str]:
        """What to run where it is no Python script."""
        algorithm = self.job["AlgorithmSpecification"]
        given = [*algorithm.get("ContainerEntrypoint", []), *algorithm.get("ContainerArguments", [])]
        if given:
            return [self.directory.localised(part) for part in given]
        if not program:
            raise JobError(
                f"ClientError: The local cloud does not run images, so it does not know what {self._image or 'it'} "
                "would run. Give the hyperparameters sagemaker_program and sagemaker_submit_directory, or "
                "AlgorithmSpecification.ContainerEntrypoint."
            )
        if not (code / program).is_file():
            raise JobError(f"ClientError: The script {program} is not in the code.")
        if program.endswith(".py"):
            return []
        return ["/bin/sh", "-c", shlex.join([f"./{program}", *variables.arguments_of(hyperparameters)])]


def _is_sharded(source: Document) -> bool:
    return bool(source.get("S3DataDistributionType") == "ShardedByS3Key")


def _is_own(hyperparameter: str) -> bool:
    return hyperparameter.startswith(_OWN_PREFIX) or hyperparameter == _TUNING_METRIC


def metrics(definitions: list[dict[str, str]], lines: list[str], timestamp: float) -> dict[str, Document]:
    """Return the last value of each metric in some lines, by its name.

    Args:
        definitions: The job's MetricDefinitions: a name and an expression with one group each.
        lines: What the job printed.
        timestamp: When, in seconds since 1970.
    """
    found: dict[str, Document] = {}
    for definition in definitions:
        expression = re.compile(definition["Regex"])
        for line in lines:
            match = expression.search(line)
            if match is None:
                continue
            try:
                value = float(match.group(1))
            except (ValueError, IndexError):
                continue
            found[definition["Name"]] = {"MetricName": definition["Name"], "Value": value, "Timestamp": timestamp}
    return found
