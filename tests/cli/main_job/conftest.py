"""One project on one local cloud, for the tests of the main job; each stage is a fixture, so any test runs alone.

The command line runs as its users run it, in a process of its own, from the project's directory.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from mlstack_localcloud.control import client_environment

MINUTES = 60


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups, also where this folder alone is asked for
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            # One worker for all that share the project.
            if item.get_closest_marker("xdist_group") is None:
                item.add_marker(pytest.mark.xdist_group("main-job"))
            item.add_marker(pytest.mark.engine)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(10 * MINUTES))


@dataclass(frozen=True)
class Project:
    """A generated project and the command line in it."""

    directory: Path
    home: Path
    variables: dict[str, str]

    def project(self, name: str) -> "Project":
        """A new project below the folder that this is."""
        self.mlstack("init", "realtime", name, "--yes")
        return Project(self.directory / name, self.home, self.variables)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "mlstack", *arguments],
            cwd=self.directory,
            env=self.variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def mlstack(self, *arguments: str, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [sys.executable, "-m", "mlstack", *arguments],
            cwd=self.directory,
            env=self.variables,
            text=True,
            capture_output=True,
            check=False,
            timeout=5 * MINUTES,
        )
        assert ended.returncode == exit_code, f"mlstack {' '.join(arguments)}\n{ended.stdout}\n{ended.stderr}"
        return ended

    def json(self, *arguments: str, exit_code: int = 0) -> Any:
        return json.loads(self.mlstack(*arguments, "--json", exit_code=exit_code).stdout)

    def client_variables(self) -> dict[str, str]:
        """The environment of any other client, as `mlstack local env` sets it."""
        changed = client_environment(self.home)
        kept = {name: value for name, value in self.variables.items() if name not in changed}
        return kept | {name: value for name, value in changed.items() if value is not None}

    def session(self) -> boto3.Session:
        return boto3.Session(**self.keys(), region_name="us-east-1")

    def client(self, service: str) -> Any:
        return self.session().client(service, endpoint_url=client_environment(self.home)["AWS_ENDPOINT_URL"])  # type: ignore[call-overload]

    def keys(self) -> dict[str, str]:
        file = Path(str(client_environment(self.home)["AWS_SHARED_CREDENTIALS_FILE"]))
        pairs = (line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
        return {name.strip(): value.strip() for name, value in pairs}


@contextmanager
def _machine(tmp_path_factory: pytest.TempPathFactory, engine_path: Path, cache: Path) -> Iterator[Project]:
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_", "MLSTACK_"))}
    variables = kept | {
        "MLSTACK_HOME": str(home),
        "MLSTACK_CACHE": str(cache),
        "PATH": f"{engine_path}{os.pathsep}{kept['PATH']}",
    }
    machine = Project(tmp_path_factory.mktemp("projects"), home, variables)
    yield machine
    machine.mlstack("local", "stop")


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory, engine_path: Path, cache: Path) -> Iterator[Project]:
    """A folder for projects, with a local cloud that many projects share."""
    with _machine(tmp_path_factory, engine_path, cache) as made:
        yield made


@pytest.fixture(scope="module")
def own_machine(tmp_path_factory: pytest.TempPathFactory, engine_path: Path, cache: Path) -> Iterator[Project]:
    """The same with an account that is empty, for what looks at all that there is."""
    with _machine(tmp_path_factory, engine_path, cache) as made:
        yield made


@pytest.fixture(scope="session")
def project(machine: Project) -> Project:
    return machine.project("weather")


@pytest.fixture(scope="session")
def up(project: Project) -> Project:
    project.mlstack("up", "local")
    return project


@pytest.fixture(scope="session")
def first_run(up: Project) -> Any:
    """The results of the first run, which registers version 1."""
    return up.json("run", "local")


@pytest.fixture(scope="session")
def released(up: Project, first_run: Any) -> Any:
    """Version 1, approved and released."""
    version = str(first_run["model"]["version"])
    up.mlstack("models", "approve", version)
    return up.json("release", "local")


@pytest.fixture
def source(up: Project) -> Iterator[Path]:
    """The project's src/, put back after the test."""
    kept = up.directory.parent / "src-before"
    shutil.copytree(up.directory / "src", kept)
    yield up.directory / "src"
    shutil.rmtree(up.directory / "src")
    kept.rename(up.directory / "src")
