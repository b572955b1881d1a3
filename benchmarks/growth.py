"""`pulumi up` with 10, 30 and 100 models: the local cloud beside a provider that does nothing.

The file backend writes the whole state after each step, so the engine's own time is quadratic. The difference between
the two runs is what the local cloud adds; a resource's share of it must not grow with their number.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.local_cloud import local_cloud
from benchmarks.measure import Figure, command, seconds

MODELS = (10, 30, 100)
RESOURCES_A_MODEL = 6
PROGRAM = """
import os
import pulumi
import pulumi_aws as aws
from mlstack_components.aws.model_registry import ModelRegistry, ModelRegistryArgs

trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},'
trust += '"Action":"sts:AssumeRole"}]}'
for number in range(int(os.environ["MODELS"])):
    name = f"model-{number}"
    ModelRegistry(name, ModelRegistryArgs(model_package_group_name=name, description="one of many"))
    role = aws.iam.Role(name, aws.iam.RoleArgs(assume_role_policy=trust))
    image = "000000000000.dkr.ecr.us-east-1.amazonaws.com/model:1"
    container = aws.sagemaker.ModelPrimaryContainerArgs(image=image)
    aws.sagemaker.Model(name, aws.sagemaker.ModelArgs(execution_role_arn=role.arn, primary_container=container))
    topic = aws.sns.Topic(name)
    aws.ssm.Parameter(name, aws.ssm.ParameterArgs(name=f"/growth/{name}", type="String", value=topic.arn))
"""


def measure(folder: Path) -> Iterable[Figure]:
    """Limit: what is added stays below 15 ms a resource at every size."""
    project = _project(folder)
    with local_cloud(folder / "home") as cloud, provider_that_does_nothing() as port:
        # A new local cloud imports a service when it is first asked for: that is once, and no share of a resource's.
        first = up_and_destroy(project, {**cloud.variables, "MODELS": str(MODELS[0])}).seconds
        again = up_and_destroy(project, {**cloud.variables, "MODELS": str(MODELS[0])}).seconds
        yield Figure(
            "the first up of a new local cloud: added once",
            first - again,
            "s",
            detail=f"{MODELS[0] * RESOURCES_A_MODEL} resources: first {first:.1f} s, again {again:.1f} s",
        )
        for models in MODELS:
            resources = models * RESOURCES_A_MODEL
            real = up_and_destroy(project, {**cloud.variables, "MODELS": str(models)}).seconds
            nothing = {**cloud.variables, "MODELS": str(models), "PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
            engine = up_and_destroy(project, nothing).seconds
            yield Figure(
                f"up of {models} models: added a resource",
                (real - engine) / resources * 1000,
                "ms",
                15,
                f"{resources} resources: local cloud {real:.1f} s, provider that does nothing {engine:.1f} s",
            )


def _project(folder: Path) -> Path:
    project = folder / "growth"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: growth\nruntime: python\n")
    (project / "__main__.py").write_text(PROGRAM)
    return project


@dataclass(frozen=True)
class Up:
    """A first `pulumi up`.

    Attributes:
        seconds: How long it took.
        resources: How many resources of a provider the stack had then.
    """

    seconds: float
    resources: int


def up_and_destroy(project: Path, variables: dict[str, str], empty: Callable[[], None] = lambda: None) -> Up:
    """Bring up the stack `local` of a program that is not up, and take it down with its settings.

    Args:
        project: The directory of the program.
        variables: The environment of the engine.
        empty: Takes out of the stack's buckets what would keep them from being deleted.
    """

    def pulumi(*arguments: str) -> str:
        return command(["pulumi", *arguments, "--non-interactive", "-s", "local"], cwd=project, env=variables)()

    (project / "Pulumi.local.yaml").write_text("config:\n  aws:region: us-east-1\n")
    command(["pulumi", "stack", "init", "local"], cwd=project, env=variables)()
    took = seconds(lambda: pulumi("up", "--yes", "--skip-preview"))
    state = json.loads(pulumi("stack", "export"))["deployment"]["resources"]
    empty()
    pulumi("destroy", "--yes", "--skip-preview")
    pulumi("stack", "rm", "--yes")
    return Up(took, sum(each["type"].startswith("aws:") for each in state))


@contextmanager
def provider_that_does_nothing() -> Iterator[int]:
    """Run the provider that does nothing.

    Yields:
        Its port.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.provider_that_does_nothing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(timeout=10)
