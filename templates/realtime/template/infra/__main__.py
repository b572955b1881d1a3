"""The infrastructure of this project: everything that mlstack.yaml says, and room for resources of your own."""

from pathlib import Path

from mlstack_stacks import Project

project = Project.from_spec(Path(__file__).parent.parent / "mlstack.yaml")

# Your own resources go here. What the project provisioned is in `project.outputs`: buckets, keys, names.
