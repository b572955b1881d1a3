"""Modules and functions stay short enough to be read at once; those that are longer are known, and grow no further."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGES = ("cli", "components", "stacks", "localcloud")
MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 60

LONG_MODULES = {
    "cli/mlstack/engine/pulumi.py": 340,  # one class that is the engine: its operations share one process and state
    "components/mlstack_components/aws/pipeline_steps.py": 310,  # the steps of one pipeline, one function each
    "localcloud/mlstack_localcloud/server/sagemaker/resources/endpoints.py": 320,  # the operations of one resource
    "localcloud/mlstack_localcloud/server/sagemaker/service.py": 340,  # puts the parts of the service together
    "stacks/mlstack_stacks/spec_keys.py": 380,  # a table, a row a key
}
"""Modules that are longer, and how long they may be. A list to be made shorter."""

LONG_FUNCTIONS = {
    "localcloud/mlstack_localcloud/server/sagemaker/monitoring/job_request.py:job_request": 70,  # one document
    "cli/mlstack/bootstrap/bucket.py:_settings": 70,  # a table of settings
    "localcloud/mlstack_localcloud/server/sagemaker/service.py:__init__": 100,  # wires the parts in their order
}
"""Functions that are longer, likewise."""


def _modules() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def _functions(module: str, text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{module}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_modules_are_short() -> None:
    lines = {module: len(text.splitlines()) for module, text in _modules()}
    assert len(lines) > len(PACKAGES), "the packages are where they are looked for"
    too_long = {name: count for name, count in lines.items() if count > LONG_MODULES.get(name, MOST_LINES)}
    assert too_long == {}, "split along what they are about"
    assert LONG_MODULES.keys() <= lines.keys(), "take what is gone off the list"


def test_functions_are_short() -> None:
    found = [each for module, text in _modules() for each in _functions(module, text)]
    too_long = {name: count for name, count in found if count > LONG_FUNCTIONS.get(name, MOST_LINES_OF_A_FUNCTION)}
    assert too_long == {}, "take steps out of them"
