"""An example: one environment of a machine-learning project, as `mlstack.yaml` beside this file describes it."""

from pathlib import Path

from mlstack_stacks import Project

project = Project.from_spec(Path(__file__).parent / "mlstack.yaml")
