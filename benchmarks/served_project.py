"""The main job's commands, on a local cloud of the benchmark's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil

from benchmarks.local_cloud import BIN, LocalCloud, local_cloud
from benchmarks.measure import command

NAME = "weather-local"
"""The name of the project's pipeline, model package group and endpoint."""

STEPS = (
    ("up", "local"),
    ("run", "local"),
    ("models", "approve"),
    ("release", "local"),
    ("invoke", "local", "--file", "sample.csv"),
    ("status", "local"),
)
"""The demo's own steps after `mlstack init`."""


@dataclass(frozen=True)
class ServedProject:
    """A project whose model answers.

    Attributes:
        folder: The project.
        cloud: Its local cloud.
    """

    folder: Path
    cloud: LocalCloud

    def client(self, service: str) -> Any:
        """A boto3 client of the local cloud."""
        variables = self.cloud.variables
        session = boto3.Session(region_name=variables["AWS_REGION"])
        keys = _keys(Path(variables["AWS_SHARED_CREDENTIALS_FILE"]))
        return session.client(service, endpoint_url=variables["AWS_ENDPOINT_URL"], **keys)

    def model_process(self) -> psutil.Process:
        """The process of the model's server."""
        daemon = psutil.Process(self.cloud.status.pid)
        return next(
            process for process in daemon.children(recursive=True) if "MLSTACK_SERVE_TOKEN" in process.environ()
        )


@contextmanager
def served_project(folder: Path) -> Iterator[ServedProject]:
    """Create a project below `folder`, provision, train, release and, in the end, remove everything.

    Yields:
        The project, its model answering.
    """
    project = folder / "weather"
    command([BIN / "mlstack", "init", "realtime", project, "--yes"], cwd=folder)()
    with local_cloud(folder / "home") as cloud:
        for step in STEPS[:4]:
            command([BIN / "mlstack", *step], cwd=project, env=cloud.variables)()
        yield ServedProject(project, cloud)


def _keys(credentials: Path) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in credentials.read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs if name.strip() != "aws_session_token"}
