"""What the specification reserves is what the pipeline uses."""

from __future__ import annotations

from mlstack_components.aws import pipeline_definition
from mlstack_stacks.spec.values import RESERVED_PARAMETERS


def test_the_pipelines_own_parameters_are_reserved() -> None:
    assert set(pipeline_definition.RESERVED_PARAMETERS) == RESERVED_PARAMETERS
