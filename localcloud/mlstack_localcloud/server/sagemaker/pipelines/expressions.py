"""Expressions in a pipeline definition: `Get`, `Std:Join` and `Std:JsonGet`.

| expression | value |
| --- | --- |
| `{"Get": "Parameters.x"}` | the parameter's value in this run |
| `{"Get": "Execution.PipelineExecutionId"}` | a fact about the run |
| `{"Get": "Steps.train.ModelArtifacts.S3ModelArtifacts"}` | what Describe answers about what the step made |
| `{"Std:Join": {"On": "/", "Values": [...]}}` | the values as texts, joined |
| `{"Std:JsonGet": {"PropertyFile": {"Get": "Steps.s.PropertyFiles.f"}, "Path": "a.b"}}` | a value in a step's output |
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from mlstack_localcloud.server.sagemaker.pipelines.parameters import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = re.compile(r"Steps\.(?P<step>[^.\[]+)(?P<path>.*)", re.DOTALL)
_PART = re.compile(r"""\.?(?P<name>[^.\[\]'"]+)|\[(?P<index>\d+)\]|\[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]""")


class ExpressionError(Exception):
    """An expression has no value; the message says which and why."""


class Scope(Protocol):
    """What expressions are resolved against."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of the parameters."""

    @property
    def facts(self) -> dict[str, Any]:
        """The facts about the run, such as `PipelineExecutionId`."""

    def properties(self, step: str) -> Any:
        """Return what Describe answers about what a step made."""

    def property_file(self, step: str, name: str) -> Any:
        """Return the JSON in a property file of a step."""


def resolved(value: Any, scope: Scope) -> Any:
    """Return a value with every expression in it replaced.

    Raises:
        ExpressionError: An expression has no value.
    """
    if isinstance(value, list):
        return [resolved(item, scope) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((operator, operand),) = value.items()
        if operator == "Get" and isinstance(operand, str):
            return _get(operand, scope)
        if operator == "Std:Join":
            return str(operand["On"]).join(text_of(resolved(item, scope)) for item in operand["Values"])
        if operator == "Std:JsonGet":
            return _json_get(operand, scope)
    return {key: resolved(item, scope) for key, item in value.items()}


def is_expression(value: Any) -> bool:
    """Return whether a value is known only when the pipeline runs."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((operator, operand),) = value.items()
    return operator in {"Std:Join", "Std:JsonGet"} or (operator == "Get" and isinstance(operand, str))


def steps_in(value: Any) -> Iterator[str]:
    """Yield the names of the steps that a value's expressions refer to."""
    if isinstance(value, dict):
        match = _STEP.fullmatch(value["Get"]) if isinstance(value.get("Get"), str) else None
        if match:
            yield match["step"]
        for item in value.values():
            yield from steps_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from steps_in(item)


def look_up(value: Any, path: str, what: str) -> Any:
    """Return what is at a path in a value.

    Args:
        value: Mappings and lists.
        path: Names, `[0]` and `['key']`; a key in a list finds the item that has it as its name.
        what: What the value is, for the message.

    Raises:
        ExpressionError: There is nothing at the path.
    """
    position = 1 if path.startswith("$") else 0
    while position < len(path):
        match = _PART.match(path, position)
        if match is None:
            raise ExpressionError(f"The path {path} of {what} is not valid.")
        position = match.end()
        try:
            value = _member(value, match)
        except (LookupError, TypeError) as error:
            raise ExpressionError(f"There is no {path.lstrip('.')} in {what}.") from error
    return value


def _member(value: Any, match: re.Match[str]) -> Any:
    if match["index"] is not None:
        return value[int(match["index"])]
    key = match["name"] if match["name"] is not None else match["key"]
    if isinstance(value, list):
        return next(item for item in _named(value, key))
    return value[key]


def _named(items: list[Any], name: str) -> Iterator[Any]:
    # Outputs['train'] means the output whose OutputName is train; likewise inputs, channels and metrics.
    for item in items:
        if any(key.endswith("Name") and value == name for key, value in item.items()):
            yield item
            return
    raise LookupError(name)


def _get(reference: str, scope: Scope) -> Any:
    place, _, name = reference.partition(".")
    if place == "Parameters" and name in scope.parameters:
        return scope.parameters[name]
    if place == "Execution" and name in scope.facts:
        return scope.facts[name]
    match = _STEP.fullmatch(reference)
    if match is None:
        raise ExpressionError(f"{reference} does not refer to anything.")
    return look_up(scope.properties(match["step"]), match["path"], f"the step {match['step']}")


def _json_get(operand: dict[str, Any], scope: Scope) -> Any:
    reference = operand.get("PropertyFile", {}).get("Get", "")
    match = _STEP.fullmatch(reference)
    prefix = ".PropertyFiles."
    if match is None or not match["path"].startswith(prefix):
        raise ExpressionError("Std:JsonGet needs a PropertyFile such as Steps.evaluate.PropertyFiles.Report.")
    name = match["path"].removeprefix(prefix)
    content = scope.property_file(match["step"], name)
    return look_up(content, str(resolved(operand["Path"], scope)), f"the property file {name} of {match['step']}")
