"""`mlstack plan` of a project with every part on beside a bare script that registers the same resources under mocks."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.bare_program import bare_program
from benchmarks.local_cloud import BIN, own_home
from benchmarks.measure import Figure, command, in_pairs

SPECIFICATION = Path(__file__).with_name("production.yaml")
DOCKERFILE = "FROM public.ecr.aws/docker/library/python:3.12-slim\nCOPY src /opt/program\n"
RUNS = 7


def measure(folder: Path) -> Iterable[Figure]:
    """Limit: 1.2 x."""
    project = folder / "weather"
    command([BIN / "mlstack", "init", "realtime", project, "--yes"], cwd=folder)()
    shutil.copy(SPECIFICATION, project / "mlstack.yaml")
    (project / "Dockerfile").write_text(DOCKERFILE)
    home = own_home(folder / "home")
    plan = command([BIN / "mlstack", "plan", "prod", "--check", "--json", "--cost"], cwd=project, env=home)
    resources = json.loads(plan())["resources"]
    bare = folder / "bare.py"
    bare.write_text(bare_program(resources))
    pairs = in_pairs(plan, command([sys.executable, bare]), runs=RUNS)
    yield Figure(
        f"mlstack plan of everything / bare script, {len(resources)} resources",
        pairs.ratio,
        "x",
        1.2,
        pairs.describe("mlstack", "bare"),
    )
