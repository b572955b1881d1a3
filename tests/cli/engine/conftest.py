"""Engines that only say their version, and a real one with a provider that fails on demand."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from mlstack.project_directory import ProjectDirectory

from .faulty_provider import FaultyProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def fake_pulumi() -> Callable[[Path, str], Path]:
    """Writes a `pulumi` into a directory that answers `pulumi version` and nothing else."""

    def write(directory: Path, version: str) -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        executable = directory / "pulumi"
        executable.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo v{version}\n')
        executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
        return executable

    return write


@pytest.fixture
def provider() -> Iterator[FaultyProvider]:
    """A provider of `faulty:index:Thing`, listening."""
    with FaultyProvider() as running:
        yield running


@pytest.fixture
def project(
    tmp_path: Path, engine_path: Path, provider: FaultyProvider, monkeypatch: pytest.MonkeyPatch
) -> ProjectDirectory:
    """A project with a program of six things, and a file backend in its directory."""
    (tmp_path / "mlstack.yaml").write_text("")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "Pulumi.yaml").write_text("name: things\nruntime: python\n")
    write_program(tmp_path, PROGRAM)
    (tmp_path / "state").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "state").as_uri())
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "test")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", f"faulty:{provider.port}")
    monkeypatch.setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
    return ProjectDirectory(tmp_path)


PROGRAM = """
import pulumi
class Thing(pulumi.CustomResource):
    def __init__(self, name, size=1, opts=None):
        super().__init__("faulty:index:Thing", name, {"size": size}, opts)
before = None
for number in range(6):
    before = Thing(f"thing-{number}", opts=pulumi.ResourceOptions(depends_on=[before] if before else None))
pulumi.export("last", before.id)
"""


def write_program(root: Path, text: str) -> None:
    (root / "infra" / "__main__.py").write_text(text)
