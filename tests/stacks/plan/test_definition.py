"""The pipeline's definition before anything is there; `test_project.py` compares it with the one that is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.plan.definition import planned_definition
from mlstack_stacks.spec import load
from mlstack_stacks.spec.values import MAX_ENTRY_POINT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_without_steps_there_is_none(write_project: Callable[..., Path]) -> None:
    assert planned_definition(load(write_project("name: churn\n"), "local")) is None


def test_the_longest_script_that_may_be_named_fits_into_every_step(
    write_project: Callable[..., Path], spec_text: str, tmp_path: Path
) -> None:
    longest = f"src/{'x' * (MAX_ENTRY_POINT - 7)}.py"
    file = write_project(spec_text.replace("src/evaluate.py", longest).replace("src/prepare.py", longest))
    (tmp_path / longest).write_text("")
    assert planned_definition(load(file, "dev"))
