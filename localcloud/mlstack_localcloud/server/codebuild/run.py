"""What a build does, from its source to its artifacts, under the role of its project.

| phase | takes | gives |
| --- | --- | --- |
| PROVISIONING | the role | temporary keys, a Python of its own |
| DOWNLOAD_SOURCE | a zip file or a folder of S3 | the directory that commands run in, and the buildspec |
| INSTALL ... POST_BUILD | the buildspec's commands | one shell that runs them, its lines in CloudWatch Logs |
| UPLOAD_ARTIFACTS | the files that the buildspec names | a zip file or a folder in S3 |

It isolates nothing and it has no container engine: the project's image is accepted and means nothing.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from mlstack_localcloud.server.authorization.authorizer import Denied
from mlstack_localcloud.server.codebuild import buildspec
from mlstack_localcloud.server.codebuild.artifacts import upload
from mlstack_localcloud.server.codebuild.projects import PRINCIPAL
from mlstack_localcloud.server.sagemaker.execution import job_process, variables
from mlstack_localcloud.server.sagemaker.execution.environments import Requirements, RequirementsError
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError
from mlstack_localcloud.server.sagemaker.execution.process import Command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_localcloud.server.codebuild.buildspec import Buildspec
    from mlstack_localcloud.server.codebuild.machine import Machine
    from mlstack_localcloud.server.sagemaker.execution.directories import JobDirectory
    from mlstack_localcloud.server.sagemaker.execution.logs import LogFollower
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import Signals
    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.ports import Authorization, ClientFactory, Document

_KIND = "build"
_SUCCEEDED, _FAILED, _STOPPED, _TIMED_OUT = "SUCCEEDED", "FAILED", "STOPPED", "TIMED_OUT"


class Record(Protocol):
    """What a run tells of its build."""

    def enter(self, phase: str, failure: str = "") -> None:
        """Tell that a phase begins, and why the one before failed."""

    def note(self, **values: Any) -> None:
        """Tell members of the build."""


class BuildError(Exception):
    """A build can't go on; the text is the context of its phase."""


@dataclass(frozen=True)
class Tools:
    """What builds are run with.

    Attributes:
        workshop: Objects, environments, logs and directories.
        clients: Clients of the local cloud.
        authorization: Tells whether CodeBuild may assume a role.
        machine: What builds find here.
    """

    workshop: Workshop
    clients: ClientFactory
    authorization: Authorization
    machine: Machine


class BuildRun:
    """One build at work.

    Args:
        build: The build.
        region: Its region.
        tools: What it is run with.
        record: Is told how it goes.
    """

    def __init__(self, build: Document, region: str, tools: Tools, record: Record) -> None:
        self._build = build
        self._region = region
        self._tools = tools
        self._record = record
        self._role: str = build["serviceRole"]
        self._objects = tools.workshop.objects.under(self._role)

    def run(self, signals: Signals) -> tuple[str, str]:
        """Run it to its end; return its status and, where it did not succeed, why."""
        directory = self._tools.workshop.job_directory(_KIND, self._region, self._build["id"].replace(":", "-"))
        try:
            provisioned = self._provision(directory)
            follower = self._log(directory)
            spec = self._source(directory)
            variables = self._variables(spec, directory)
            with self._tools.machine.for_build(self._role, provisioned) as environment:
                status, message = self._commands(spec, environment | variables, directory, follower, signals)
            self._note_exports(directory)
            if status == _SUCCEEDED:
                self._record.enter("UPLOAD_ARTIFACTS")
                upload(self._build, spec, directory, self._objects, self._region)
                self._record.enter("FINALIZING")
        except (BuildError, buildspec.BuildspecError, TransferError, RequirementsError) as error:
            return _FAILED, str(error)
        except (ClientError, BotoCoreError) as error:
            return _FAILED, f"CLIENT_ERROR Message: {error}"
        else:
            return status, message
        finally:
            directory.remove()

    def _provision(self, directory: JobDirectory) -> dict[str, str]:
        for phase in ("SUBMITTED", "QUEUED", "PROVISIONING"):
            self._record.enter(phase)
        source = f"{self._build['arn'].rpartition(':build/')[0]}:project/{self._build['projectName']}"
        try:
            self._tools.authorization.authorize_assumption(PRINCIPAL, self._role, source, self._region)
        except Denied as denied:
            message = f"ACCESS_DENIED Message: Service role {self._role} does not allow CodeBuild: {denied}"
            raise BuildError(message) from denied
        python = self._tools.workshop.environments.python(Requirements())
        environment = variables.basic(directory, python, self._region)
        del environment["SAGEMAKER_BASE_DIR"]
        return {**environment, **variables.credentials(self._tools.clients, self._role, self._region)}

    def _log(self, directory: JobDirectory) -> LogFollower:
        given = self._build["_logsConfig"].get("cloudWatchLogs", {})
        group = given.get("groupName") or f"/aws/codebuild/{self._build['projectName']}"
        identifier = self._build["id"].rpartition(":")[2]
        stream = "/".join(part for part in (given.get("streamName"), identifier) if part)
        if given.get("status") != "DISABLED":
            arn = f"arn:aws:logs:{self._region}:{self._build['arn'].split(':')[4]}:log-group:{group}"
            told = {"groupName": group, "streamName": stream, "cloudWatchLogsArn": f"{arn}:log-stream:{stream}"}
            self._record.note(logs=told)
        return self._tools.workshop.log(group, self._region, stream, directory.log, self._role)

    def _source(self, directory: JobDirectory) -> Buildspec:
        self._record.enter("DOWNLOAD_SOURCE")
        source, target = self._build["source"], _source_directory(directory)
        target.mkdir()
        if source["type"] == "S3":
            self._fetch(f"s3://{source['location']}", target, directory)
        given = source.get("buildspec") or "buildspec.yml"
        if "\n" in given or given.lstrip().startswith("{"):
            return buildspec.parse(given)
        file = target / given
        if not file.resolve().is_relative_to(target.resolve()) or not file.is_file():
            raise BuildError(f"YAML_FILE_ERROR Message: stat {given}: no such file or directory")
        return buildspec.parse(file.read_text(encoding="utf-8"))

    def _fetch(self, uri: str, target: Path, directory: JobDirectory) -> None:
        if uri.endswith("/"):
            self._objects.download(uri, target, self._region)
            return
        archive = directory.root / "source.zip"
        self._objects.download_file(uri, archive, self._region, self._build.get("sourceVersion"))
        try:
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(target)
        except (zipfile.BadZipFile, OSError) as error:
            raise BuildError(f"CLIENT_ERROR Message: {uri} is no zip file: {error}") from error

    def _variables(self, spec: Buildspec, directory: JobDirectory) -> dict[str, str]:
        """The variables of CodeBuild, of the buildspec, and, before all, of project and request."""
        found = {
            "CODEBUILD_BUILD_ID": self._build["id"],
            "CODEBUILD_BUILD_ARN": self._build["arn"],
            "CODEBUILD_BUILD_NUMBER": str(self._build["buildNumber"]),
            "CODEBUILD_SRC_DIR": str(_source_directory(directory)),
            "CODEBUILD_INITIATOR": self._build["initiator"],
            "CODEBUILD_KMS_KEY_ID": self._build["encryptionKey"],
            **spec.variables,
        }
        found |= {name: self._parameter(value) for name, value in spec.parameters.items()}
        found |= {name: self._secret(value) for name, value in spec.secrets.items()}
        read: dict[str, Callable[[str], str]] = {
            "PLAINTEXT": str,
            "PARAMETER_STORE": self._parameter,
            "SECRETS_MANAGER": self._secret,
        }
        given = self._build["environment"]["environmentVariables"]
        return found | {each["name"]: read[each["type"]](each["value"]) for each in given}

    def _parameter(self, name: str) -> str:
        client = self._tools.clients.client("ssm", self._region, self._role)
        # By GetParameters, also for one: that is the action that a build's role needs.
        found = client.get_parameters(Names=[name], WithDecryption=True)["Parameters"]
        if not found:
            raise BuildError(f"Decrypted_Variables_Error Message: parameter does not exist: {name}")
        return str(found[0]["Value"])

    def _secret(self, reference: str) -> str:
        arn_fields = 7
        fields = reference.split(":")
        count = arn_fields if reference.startswith("arn:") else 1
        client = self._tools.clients.client("secretsmanager", self._region, self._role)
        value = str(client.get_secret_value(SecretId=":".join(fields[:count]))["SecretString"])
        key = fields[count] if len(fields) > count else ""
        if not key:
            return value
        try:
            return str(json.loads(value)[key])
        except (ValueError, LookupError, TypeError) as error:
            raise BuildError(f"Secrets Manager Error Message: there is no key {key} in {fields[0]}") from error

    def _commands(
        self,
        spec: Buildspec,
        environment: dict[str, str],
        directory: JobDirectory,
        follower: LogFollower,
        signals: Signals,
    ) -> tuple[str, str]:
        script, phases = directory.root / "build.sh", _Phases(directory.root / "phases", self._record)
        script.write_text(buildspec.script(spec), encoding="utf-8")
        phases.file.touch()
        arguments = (f"/bin/{spec.shell}", str(script), str(phases.file), str(_exports(directory)))
        command = Command(arguments, environment, _source_directory(directory), directory.log)
        seconds = self._build["timeoutInMinutes"] * 60
        ending = job_process.run(command, follower, signals, seconds, lambda _lines: phases.follow())
        phases.follow()
        if ending.cause is job_process.Cause.STOPPED:
            return _STOPPED, ""
        if ending.cause is job_process.Cause.MAX_RUNTIME:
            return _TIMED_OUT, f"BUILD_TIMED_OUT: Build has timed out after {self._build['timeoutInMinutes']} minutes."
        if ending.succeeded:
            return _SUCCEEDED, ""
        self._record.enter("FINALIZING", phases.untold)
        return _FAILED, phases.failure or f"COMMAND_EXECUTION_ERROR Message: exit status {ending.exit_code}"

    def _note_exports(self, directory: JobDirectory) -> None:
        file = _exports(directory)
        if not file.is_file():
            return
        pairs = [line.partition("=") for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]
        self._record.note(exportedEnvironmentVariables=[{"name": name, "value": value} for name, _, value in pairs])


class _Phases:
    """The phases that the script has written down."""

    def __init__(self, file: Path, record: Record) -> None:
        self.file = file
        self.failure = ""
        self._record = record
        self._seen = 0
        self.untold = ""

    def follow(self) -> None:
        """Tell what is new."""
        complete = self.file.read_text(encoding="utf-8").rpartition("\n")[0]
        lines = complete.splitlines()
        for line in lines[self._seen :]:
            phase, what, *status = line.split()
            if what == "begin":
                self._record.enter(phase.upper(), self.untold)
                self.untold = ""
            elif status != ["0"]:
                self.untold = f"COMMAND_EXECUTION_ERROR Message: {phase} failed. Reason: exit status {status[0]}"
                self.failure = self.failure or self.untold
        self._seen = len(lines)


def _source_directory(directory: JobDirectory) -> Path:
    return directory.root / "src"


def _exports(directory: JobDirectory) -> Path:
    return directory.root / "exports"
