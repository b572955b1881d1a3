"""Stacks of the real engine on the local cloud's provider."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulumi import automation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import boto3
    from mlstack_localcloud.control import DaemonStatus

ACCOUNT = "000000000000"


@dataclass
class Cloud:
    """The local cloud, and clients of it."""

    session: boto3.Session
    provider_port: int
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def aws(self, service: str, region: str = "us-east-1") -> Any:
        if (service, region) not in self.clients:
            self.clients[service, region] = self.session.client(service, region)
        return self.clients[service, region]


@pytest.fixture(scope="session")
def cloud(local_cloud: DaemonStatus, aws: boto3.Session) -> Cloud:
    return Cloud(aws, local_cloud.provider_port)


class Stack:
    """A stack of an inline program, run by the real engine."""

    def __init__(self, directory: Path, cloud: Cloud, name: str, config: Mapping[str, str] | None = None) -> None:
        self._directory, self._name = directory, name
        self._program: Callable[[], None] = lambda: None
        environment = {
            "PULUMI_BACKEND_URL": f"file://{directory}",
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{cloud.provider_port}",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        }
        self._environment = environment
        self.stack = automation.create_or_select_stack(
            stack_name=name,
            project_name="provider-test",
            program=self._program,
            opts=automation.LocalWorkspaceOptions(
                work_dir=str(directory),
                env_vars=environment,
                project_settings=automation.ProjectSettings("provider-test", "python", main=str(directory)),
            ),
        )
        for key, value in {"aws:region": "us-east-1", **(config or {})}.items():
            self.stack.set_config(key, automation.ConfigValue(value))

    def up(self, program: Callable[[], None], **options: Any) -> automation.UpResult:
        return self.stack.up(program=program, **options)

    def preview(self, program: Callable[[], None], **options: Any) -> automation.PreviewResult:
        return self.stack.preview(program=program, **options)

    def failure(self, program: str, *command: str) -> str:
        """What the engine says of a program that fails.

        It runs outside this process: an inline program that fails leaves coroutines behind whose end, whenever it
        comes, disturbs pytest.
        """
        done = self._run(program, *(command or ("up", "--yes", "--skip-preview")))
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def success(self, program: str) -> None:
        """Bring up a program outside this process."""
        done = self._run(program, "up", "--yes", "--skip-preview")
        assert done.returncode == 0, done.stdout + done.stderr

    def _run(self, program: str, *command: str) -> subprocess.CompletedProcess[str]:
        (self._directory / "__main__.py").write_text(textwrap.dedent(program))
        return subprocess.run(
            ["pulumi", *command, "--stack", self._name, "--non-interactive"],
            cwd=self._directory,
            # The language host is run by the `python3` that it finds.
            env={
                **os.environ,
                **self._environment,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def stored(self) -> str:
        """The state as it is on disk."""
        return (self._directory / ".pulumi" / "stacks" / "provider-test" / f"{self._name}.json").read_text()

    def resources(self) -> list[dict[str, Any]]:
        found = self.stack.export_stack().deployment.get("resources") or []
        return [each for each in found if each["type"].startswith("aws:")]


@pytest.fixture(scope="session")
def new_stack(engine_path: Path, cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Stack]:
    home = tmp_path_factory.mktemp("stacks")

    def make(name: str, config: Mapping[str, str] | None = None) -> Stack:
        return Stack(home, cloud, name, config)

    return make
