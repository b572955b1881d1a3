"""`pulumi up` of projects with every part on, up to about 500 resources, beside a provider that does nothing.

One program declares the project of `production.yaml` once or several times, each under a name of its own, as one stack
of an environment with several models does. `growth` measures few kinds of resources; here are all of them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import yaml

from benchmarks.growth import provider_that_does_nothing, up_and_destroy
from benchmarks.local_cloud import BIN, LocalCloud, local_cloud
from benchmarks.measure import Figure, command
from benchmarks.production import DOCKERFILE, SPECIFICATION

PROJECTS = (1, 2, 4)
RUNS = 2
PROGRAM = """
import os
from mlstack_stacks import Project

for number in range(int(os.environ["PROJECTS"])):
    Project.from_spec(f"../weather-{number}/mlstack.yaml")
"""
# What belongs to another stack, which this benchmark has not.
_LEFT_OUT = ("platform",)


def measure(folder: Path) -> Iterable[Figure]:
    """Limit: what is added stays below 15 ms a resource at every size."""
    for number in range(max(PROJECTS)):
        _project(folder / f"weather-{number}")
    program = folder / "everything"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: everything\nruntime: python\n")
    (program / "__main__.py").write_text(PROGRAM)
    with local_cloud(folder / "home") as cloud, provider_that_does_nothing() as port:
        # What a new local cloud imports once is no share of a resource's; `growth` shows it.
        empty = partial(_empty_buckets, cloud)
        up_and_destroy(program, {**cloud.variables, "PROJECTS": "1"}, empty)
        for projects in PROJECTS:
            real = {**cloud.variables, "PROJECTS": str(projects)}
            nothing = {**real, "PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
            # In turns, and the shorter of each: what else the machine does only ever adds.
            runs = [(up_and_destroy(program, real, empty), up_and_destroy(program, nothing)) for _ in range(RUNS)]
            local, engine = (min(each, key=lambda up: up.seconds) for each in zip(*runs, strict=True))
            yield Figure(
                f"up of everything, {projects} x: added a resource",
                (local.seconds - engine.seconds) / local.resources * 1000,
                "ms",
                15,
                f"{local.resources} resources: local cloud {local.seconds:.1f} s, "
                f"provider that does nothing {engine.seconds:.1f} s",
            )


def _empty_buckets(cloud: LocalCloud) -> None:
    session = botocore.session.Session()
    session.set_config_variable("config_file", cloud.variables["AWS_CONFIG_FILE"])
    session.set_config_variable("credentials_file", cloud.variables["AWS_SHARED_CREDENTIALS_FILE"])
    for bucket in boto3.Session(botocore_session=session, region_name="us-east-1").resource("s3").buckets.all():
        bucket.object_versions.delete()


def _project(directory: Path) -> None:
    command([BIN / "mlstack", "init", "realtime", directory, "--yes"], cwd=directory.parent)()
    specification: dict[str, Any] = yaml.safe_load(SPECIFICATION.read_text())
    kept = {key: value for key, value in specification.items() if key not in _LEFT_OUT}
    # JSON is YAML without anchors, which a specification must not have.
    (directory / "mlstack.yaml").write_text(json.dumps({**kept, "name": directory.name}))
    (directory / "Dockerfile").write_text(DOCKERFILE)
    shutil.rmtree(directory / "infra")
