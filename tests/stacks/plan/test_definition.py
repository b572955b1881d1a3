"""The definition that is checked before anything is there is the one that the composition makes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from mlstack_stacks.composition import compose
from mlstack_stacks.plan.definition import planned_definition
from mlstack_stacks.spec import load
from pulumi.runtime import mocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACEHOLDERS = {"RoleArn", "KmsKeyId", "VolumeKmsKeyId", "DefaultValue"}


class Known(mocks.Mocks):
    """A cloud that tells everything at once."""

    def __init__(self) -> None:
        self.definition = ""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.definition = args.inputs.get("pipelineDefinition", self.definition)
        return args.name, {"bucket": args.name, "arn": f"arn:aws:x:::{args.name}", **args.inputs}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        return {}


def bare(value: Any, name: str = "") -> Any:
    """A definition without what only the cloud decides."""
    if isinstance(value, dict):
        if "Std:Join" in value:
            return {"Std:Join": [bare(each) for each in value["Std:Join"]["Values"][1:]]}
        return {key: bare(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [bare(each) for each in value]
    return name if name in PLACEHOLDERS and str(value).startswith(("arn:", "s3://")) else value


@pytest.mark.parametrize(
    "without", ["", "registry: {approval: manual}", 'gates: {accuracy: ">= 0.80", log_loss: "< 0.5"}', "data: {source"]
)
def test_it_is_what_the_composition_makes(write_project: Callable[..., Path], spec_text: str, without: str) -> None:
    lines = [line.replace(f", {without}", "") if "gates" in without else line for line in spec_text.splitlines()]
    text = "\n".join(line for line in lines if not without or not line.startswith(without))
    spec = load(write_project(text), "dev")
    known = Known()
    mocks.set_mocks(known, project="churn", stack="dev", preview=False)

    @pulumi.runtime.test
    def program() -> None:
        compose(spec, pulumi.ComponentResource("test:index:Parent", "churn"))

    program()
    definition = planned_definition(spec)
    assert definition is not None
    assert bare(definition) == bare(json.loads(known.definition))


def test_without_steps_there_is_none(write_project: Callable[..., Path]) -> None:
    assert planned_definition(load(write_project("name: churn\n"), "local")) is None
