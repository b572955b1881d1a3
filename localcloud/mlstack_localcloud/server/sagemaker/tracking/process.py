"""One MLflow server: a process that listens on a socket in a directory that only its owner may enter.

```
<home>/local/tracking/<region>/<name>/
  tracking.db     experiments, runs, parameters and metrics (SQLite)
  server.log      what it prints
```
Whoever could reach a port of 127.0.0.1 could read and change everything without a signature, so it has none. The socket
lies in a temporary directory: its path must be shorter than a home's may be (108 characters on Linux).
"""

from __future__ import annotations

import http.client
import importlib.util
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.execution.environments import Requirements
from mlstack_localcloud.server.sagemaker.execution.logs import last_lines
from mlstack_localcloud.server.sagemaker.execution.process import Command, RunningCommand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.server.sagemaker.execution.environments import Environments

PACKAGES = ("boto3>=1.34", "mlflow>=3.0,<4")
_SECONDS_TO_START = 300.0
_SECONDS_TO_ANSWER = 120.0
_SECONDS_TO_STOP = 5.0
_SECONDS_BETWEEN_LOOKS = 0.05
_LINES = 15


class TrackingServerError(Exception):
    """A server did not start; the message holds its last lines."""


def interpreter(environments: Environments) -> Path:
    """Return a Python that has MLflow: this one, or one of an environment that is made once.

    Args:
        environments: Makes it.

    Raises:
        RequirementsError: uv could not make it.
    """
    if importlib.util.find_spec("mlflow") and importlib.util.find_spec("mlflow.server"):
        return Path(sys.executable)
    return environments.python(Requirements(packages=PACKAGES))


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("127.0.0.1", timeout=_SECONDS_TO_ANSWER)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class TrackingProcess:
    """A server that runs from the moment that this is made.

    Args:
        python: The interpreter, which has MLflow.
        directory: Where it keeps experiments and runs.
        artifacts: The S3 URI below which clients put artifacts.
        environment: The variables with which it reads artifacts for its pages.
    """

    def __init__(self, python: Path, directory: Path, artifacts: str, environment: Mapping[str, str]) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sockets = Path(tempfile.mkdtemp(prefix="mlstack-"))
        self._socket = self._sockets / "mlflow.sock"
        self._log = directory / "server.log"
        self._log.unlink(missing_ok=True)
        arguments = (
            *(str(python), "-m", "mlflow", "server", "--workers", "1", "--no-serve-artifacts"),
            *("--backend-store-uri", f"sqlite:///{directory / 'tracking.db'}", "--default-artifact-root", artifacts),
            *("--uvicorn-opts", f"--uds {self._socket} --log-level warning"),
        )
        own = {"HOME": str(directory), "TMPDIR": str(self._sockets), "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        self._process = RunningCommand(Command(arguments, {**environment, **own}, directory, self._log))

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.ended()

    def wait(self) -> None:
        """Wait until it answers.

        Raises:
            TrackingServerError: It ended, or took too long.
        """
        deadline = time.monotonic() + _SECONDS_TO_START
        while not self._answers():
            if self.ended or time.monotonic() > deadline:
                raise TrackingServerError(last_lines(self._log, _LINES) or "It ended without a word.")
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send a request and return status, headers and body of the answer.

        Args:
            method: The HTTP method.
            target: Path and query, as they are sent.
            headers: The headers.
            body: The body.

        Raises:
            OSError: It does not answer.
        """
        connection = _Connection(self._socket)
        try:
            connection.request(method, target, body=body or None, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def stop(self) -> None:
        """End the process with all that it started."""
        self._process.stop(_SECONDS_TO_STOP)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            status, _, _ = self.request("GET", "/health", {}, b"")
        except (OSError, http.client.HTTPException):
            return False
        return status == http.client.OK
