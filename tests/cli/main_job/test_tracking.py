"""Data scientists record their runs with plain MLflow, and find them there."""

import subprocess
import sys
import textwrap
from typing import Any

import pytest

from .conftest import Project

SPEC = """\
name: tracked
owner: ml-team
data: {source: data.csv, target: a}
steps:
  train: {entry_point: src/train.py, framework: sklearn, hyperparameters: {max_depth: 6}}
tracking: {}
environments:
  local: {}
"""
TRAIN = """\
import argparse
import pathlib

import mlflow

parser = argparse.ArgumentParser()
parser.add_argument("--max_depth", type=int)
arguments = parser.parse_args()
pathlib.Path("notes.txt").write_text("fine")
with mlflow.start_run():
    mlflow.log_param("max_depth", arguments.max_depth)
    mlflow.log_metric("accuracy", 0.91)
    mlflow.log_artifact("notes.txt")
"""
# As a data scientist asks, in a process with what `mlstack local env` sets.
ASK = """\
import json
import mlflow

run = mlflow.search_runs(experiment_names=["tracked"], output_format="list")[0]
artifacts = [each.path for each in mlflow.artifacts.list_artifacts(run_id=run.info.run_id)]
print(json.dumps([run.info.status, run.data.params, run.data.metrics, artifacts]))
"""


@pytest.fixture(scope="module")
def tracked(machine: Project) -> Project:
    directory = machine.directory / "tracked"
    for folder in ("infra", "src"):
        (directory / folder).mkdir(parents=True)
    (directory / "mlstack.yaml").write_text(SPEC)
    (directory / "infra" / "Pulumi.yaml").write_text("name: tracked\nruntime: python\n")
    (directory / "infra" / "__main__.py").write_text(
        textwrap.dedent("""\
            from mlstack_stacks import Project

            project = Project.from_spec("../mlstack.yaml")
        """)
    )
    (directory / "src" / "train.py").write_text(TRAIN)
    (directory / "src" / "requirements.txt").write_text("mlflow-skinny\nsagemaker-mlflow\n")
    (directory / "data.csv").write_text("a\n1\n")
    return Project(directory, machine.home, machine.variables)


def test_a_run_is_found_in_mlflow_with_its_parameters_metrics_and_artifacts(tracked: Project) -> None:
    tracked.mlstack("up", "local")
    tracked.mlstack("run", "local")
    status: dict[str, Any] = tracked.json("status", "local")
    server = status["tracking"]
    assert (server["status"], server["experiment"]) == ("Created", "tracked")
    assert f"tracking  {server['arn']} Created" in tracked.mlstack("status", "local").stdout
    variables = tracked.client_variables() | {"MLFLOW_TRACKING_URI": server["arn"]}
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=variables, capture_output=True, text=True, check=True, timeout=120
    )
    assert asked.stdout.strip() == '["FINISHED", {"max_depth": "6"}, {"accuracy": 0.91}, ["notes.txt"]]'
