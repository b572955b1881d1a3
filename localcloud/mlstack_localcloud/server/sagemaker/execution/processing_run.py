"""What a processing job does: from its inputs to its outputs.

Stages, each called by the state machine of the processing job:

| stage | takes | gives |
| --- | --- | --- |
| `download` | the inputs in S3 | the directory as a container would see it |
| `command` | entry point, arguments, image | the command, in the environment of the requirements among the inputs |
| `upload` | the output directories | objects in S3 |
| `publish` | what a monitoring job left for CloudWatch | metrics |

Requirements are those of an input that holds requirements.txt, or a sourcedir.tar.gz with one; the input named `code`
first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from mlstack_localcloud.server.sagemaker import runtime
from mlstack_localcloud.server.sagemaker.execution import archives, variables
from mlstack_localcloud.server.sagemaker.execution.environments import Requirements
from mlstack_localcloud.server.sagemaker.execution.failures import JobError
from mlstack_localcloud.server.sagemaker.execution.framework_images import analyzer_of, packages_of
from mlstack_localcloud.server.sagemaker.execution.job_run import JobRun
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError
from mlstack_localcloud.server.sagemaker.execution.process import Command
from mlstack_localcloud.server.sagemaker.resources.job_definition_kinds import kind_of_analysis

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

METRICS_FILE = "output/metrics/cloudwatch/cloudwatch_metrics.jsonl"
"""Below /opt/ml (https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-outputs.html)."""

_SOURCE_ARCHIVE = "sourcedir.tar.gz"
_ANALYZER = Path(runtime.__file__).parent / "analyze.py"


@dataclass(frozen=True)
class ProcessingRun(JobRun):
    """One processing job at work."""

    def download(self) -> None:
        """Bring the inputs and the configuration files into the directory.

        Raises:
            JobError: An input is not there.
        """
        cluster = self.job["ProcessingResources"]["ClusterConfig"]
        self.attach_volume(cluster)
        for given in self.job.get("ProcessingInputs", []):
            source = given["S3Input"]
            self.fetch(source, self._local(source["LocalPath"]))
        for output in self._outputs():
            self._local(output["S3Output"]["LocalPath"]).mkdir(parents=True, exist_ok=True)
        self.write("config/processingjobconfig.json", _configuration(self.job))
        self.write("config/resourceconfig.json", variables.resource_config(cluster))

    def command(self) -> Command:
        """Return what to run, after its environment was made.

        Raises:
            JobError: There is no entry point, or no environment.
        """
        application = self.job["AppSpecification"]
        given = [*application.get("ContainerEntrypoint", []), *application.get("ContainerArguments", [])]
        analyzer = analyzer_of(application["ImageUri"])
        if not application.get("ContainerEntrypoint") and analyzer is not None:
            given = ["python3", str(_ANALYZER), analyzer]
        elif not application.get("ContainerEntrypoint"):
            raise JobError(
                "ClientError: AppSpecification has no ContainerEntrypoint. The local cloud does not run images, so the "
                "image's own entry point is not known."
            )
        python = self.python(self._requirements(packages_of(application["ImageUri"])))
        environment = {
            **variables.basic(self.directory, python, self.region),
            "PROCESSING_JOB_NAME": self.job["ProcessingJobName"],
            "PROCESSING_JOB_ARN": self.job["ProcessingJobArn"],
            **self.credentials(isolated=self.job.get("NetworkConfig", {}).get("EnableNetworkIsolation", False)),
            **self.own_variables(),
        }
        arguments = tuple(self.directory.localised(part) for part in given)
        return Command(arguments, environment, self.directory.base / "processing", self.directory.log)

    def upload(self) -> None:
        """Bring the outputs to S3.

        Raises:
            JobError: S3 refused them.
        """
        key = self.job.get("ProcessingOutputConfig", {}).get("KmsKeyId") or None
        for output in self._outputs():
            target = output["S3Output"]
            try:
                self.objects.upload(self._local(target["LocalPath"]), target["S3Uri"], self.region, key)
            except TransferError as error:
                raise JobError(f"ClientError: {error}") from error

    def publish(self) -> None:
        """Publish the metrics that the container left, as SageMaker does for monitoring jobs.

        Raises:
            JobError: The job's role may not.
        """
        file = self.directory.base / METRICS_FILE
        environment = self.job.get("Environment", {})
        if "sagemaker_monitoring_schedule_name" not in environment or not file.is_file():
            return
        metrics = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        try:
            kind = kind_of_analysis(environment.get("analysis_type"))
            self.workshop.put_metrics(kind.metrics, metrics, self.region, self.job["RoleArn"])
        except ClientError as error:
            raise JobError(f"ClientError: The metrics could not be published: {error}") from error

    def _outputs(self) -> list[Document]:
        outputs: list[Document] = self.job.get("ProcessingOutputConfig", {}).get("Outputs", [])
        return outputs

    def _local(self, container_path: str) -> Path:
        path = self.directory.base / container_path.removeprefix("/opt/ml").lstrip("/")
        if not container_path.startswith("/opt/ml/") or ".." in path.parts:
            raise JobError(f"ClientError: The local path {container_path} is not below /opt/ml.")
        return path

    def _requirements(self, packages: tuple[str, ...]) -> Requirements:
        inputs = sorted(self.job.get("ProcessingInputs", []), key=lambda given: given["InputName"] != "code")
        for directory in (self._local(given["S3Input"]["LocalPath"]) for given in inputs):
            if (directory / "requirements.txt").is_file():
                return Requirements.in_directory(directory, packages)
            if (directory / _SOURCE_ARCHIVE).is_file():
                text = archives.read_member(directory / _SOURCE_ARCHIVE, "requirements.txt")
                if text is not None:
                    return Requirements(text, packages=packages)
        return Requirements(packages=packages)


def _configuration(job: Document) -> Document:
    kept = (
        "ProcessingJobArn",
        "ProcessingJobName",
        "AppSpecification",
        "Environment",
        "ProcessingInputs",
        "ProcessingOutputConfig",
        "ProcessingResources",
        "RoleArn",
        "StoppingCondition",
    )
    return {name: job[name] for name in kept if name in job}
