"""A generated project on the worker's local cloud, and the command line in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_localcloud.control import DaemonStatus


@dataclass(frozen=True)
class Weather:
    """A project and the command line in it, each command in a process of its own."""

    directory: Path
    variables: dict[str, str]

    def run(self, *arguments: str, directory: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            list(arguments),
            cwd=directory or self.directory,
            env=self.variables,
            text=True,
            capture_output=True,
            check=False,
            timeout=300,
        )

    def mlstack(self, *arguments: str, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
        ended = self.run(sys.executable, "-m", "mlstack", *arguments)
        assert ended.returncode == exit_code, f"mlstack {' '.join(arguments)}\n{ended.stdout}\n{ended.stderr}"
        return ended

    def json(self, *arguments: str, exit_code: int = 0) -> Any:
        return json.loads(self.mlstack(*arguments, "--json", exit_code=exit_code).stdout)


@pytest.fixture(scope="module")
def weather(
    tmp_path_factory: pytest.TempPathFactory, engine_path: Path, local_cloud: DaemonStatus, cache: Path
) -> Iterator[Weather]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_", "MLSTACK_"))}
    variables = kept | {"MLSTACK_HOME": str(local_cloud.home), "MLSTACK_CACHE": str(cache), "PYTHON": sys.executable}
    parent = tmp_path_factory.mktemp("projects")
    Weather(parent, variables).mlstack("init", "realtime", "storms", "--yes")
    project = Weather(parent / "storms", variables)
    yield project
    project.run(sys.executable, "-m", "mlstack", "destroy", "local", "--delete-data", "--yes")
