"""Each component has a page, and the example on it is a Pulumi program that comes up, stays as it is, and goes down."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3
    from mlstack_localcloud.control import DaemonStatus

    from .conftest import Page

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "stacks" / "project"


def _is_component(definition: ast.ClassDef) -> bool:
    return any(ast.unparse(base) == "pulumi.ComponentResource" for base in definition.bases)


def _components() -> list[str]:
    files = sorted((ROOT / "components" / "mlstack_components" / "aws").glob("*.py"))
    return [
        file.stem
        for file in files
        if any(isinstance(node, ast.ClassDef) and _is_component(node) for node in ast.parse(file.read_text()).body)
    ]


COMPONENTS = _components()


def test_the_overview_leads_to_each_component(pages: dict[str, Page]) -> None:
    assert len(COMPONENTS) >= 8
    links = pages["docs/components.md"].links()
    assert [name for name in COMPONENTS if f"components/{name}.md" not in links] == []


@dataclass(frozen=True)
class Program:
    """A Pulumi program on the local cloud, as somebody works on it who types plain `pulumi`."""

    directory: Path
    variables: dict[str, str]

    def pulumi(self, arguments: str, *, check: bool = True) -> str:
        ended = subprocess.run(
            ["pulumi", *arguments.split(), "--non-interactive"],
            cwd=self.directory,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0 or not check, ended.stdout + ended.stderr
        return ended.stdout

    def resources(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.pulumi("stack export"))["deployment"].get("resources", [])
        return found


@pytest.fixture(scope="session")
def variables(engine_path: Path, local_cloud: DaemonStatus, cache: Path) -> dict[str, str]:
    """The environment of a shell after `eval "$(mlstack local env)"`."""
    home = {"MLSTACK_HOME": str(local_cloud.home), "MLSTACK_CACHE": str(cache), "PYTHON": sys.executable}
    ended = subprocess.run(
        ["bash", "-ec", 'eval "$("$PYTHON" -m mlstack local env)" && env -0'],
        env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))} | home,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in ended.stdout.split("\0") if line)


@pytest.fixture
def example(tmp_path: Path, variables: dict[str, str]) -> Iterator[Program]:
    for folder in ("src", "data"):
        shutil.copytree(EXAMPLE / folder, tmp_path / folder)
    program = Program(tmp_path, variables)
    yield program
    if program.resources():
        # What a failure leaves behind would make the next example's names clash.
        program.pulumi("destroy --yes --skip-preview", check=False)


@pytest.mark.engine
@pytest.mark.parametrize("name", COMPONENTS)
def test_the_example_comes_up_stays_and_goes_down(
    name: str, pages: dict[str, Page], example: Program, aws: boto3.Session
) -> None:
    (program,) = pages[f"docs/components/{name}.md"].blocks("python")
    (example.directory / "__main__.py").write_text(program)
    (example.directory / "Pulumi.yaml").write_text(f"name: example-{name.replace('_', '-')}\nruntime: python\n")
    example.pulumi("stack init local")
    (example.directory / "Pulumi.local.yaml").open("a").write("config:\n  aws:region: us-east-1\n")
    example.pulumi("up --yes")
    example.pulumi("up --yes --skip-preview --refresh --expect-no-changes")
    made = example.resources()
    assert f"mlstack:aws:{name.title().replace('_', '')}" in {each["type"] for each in made}
    for stored in (each for each in made if each["type"] == "aws:s3/bucketObjectv2:BucketObjectv2"):
        # An object without a version leaves a marker behind, and the bucket can't be deleted.
        assert any("bucketVersioning" in each for each in stored["dependencies"]), stored["urn"]
    for bucket in (each for each in made if each["type"] == "aws:s3/bucket:Bucket"):
        aws.resource("s3").Bucket(bucket["id"]).object_versions.delete()
    example.pulumi("destroy --yes --skip-preview")
    assert [each["type"] for each in example.resources() if each.get("custom")] in ([], ["pulumi:pulumi:Stack"])
