"""The requests inside a pipeline's definition, checked before anything runs.

Each step holds the request of the operation that it runs (`Arguments`). What is known only when the pipeline runs
(`{"Get": "Steps.train..."}`) is not checked; a parameter counts as what it is by default. Types of steps that the local
cloud doesn't run are passed over: AWS has more.

A place is named by the step, not by its number: `Steps.train.Arguments.ResourceConfig.InstanceType`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NoReturn

from mlstack_localcloud.provider.constraints import violations
from mlstack_localcloud.provider.shapes import Problem
from mlstack_localcloud.provider.values import UNKNOWN
from mlstack_localcloud.server.sagemaker.pipelines.expressions import ExpressionError, is_expression, resolved
from mlstack_localcloud.server.sagemaker.pipelines.parameters import Parameter
from mlstack_localcloud.server.sagemaker.pipelines.step_kinds import STEP_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mlstack_localcloud.provider.constraints import Path
    from mlstack_localcloud.provider.service_models import Shape

__all__ = ["step_problems"]

_NAME = "pipelines-0123456789ab-step"
"""In place of the name that the service makes for a job; that of a tuning job has 32 characters at most."""


def step_problems(definition: Any, input_shape: Callable[[str], Shape | None]) -> Iterator[Problem]:
    """What AWS would refuse when the steps of a pipeline run.

    Args:
        definition: The definition as plain data.
        input_shape: The shape of the request of an operation of SageMaker's.

    Yields:
        Each problem, its path inside the definition.
    """
    if not isinstance(definition, dict):
        yield Problem("", "must be a JSON object")
        return
    defaults = _Defaults(definition)
    for step in _steps(definition.get("Steps")):
        kind = STEP_KINDS.get(str(step.get("Type")))
        if kind is None:
            continue
        request = _known(step.get("Arguments", {}), defaults)
        if kind.name is not None and isinstance(request, dict):
            request = {kind.name: _NAME, **request}
        for found in violations(request, input_shape(kind.create)):
            place = f"Steps.{step.get('Name')}.Arguments{_written(found.path)}"
            yield Problem(place, f"{found.reason} ({kind.create} in the AWS API)", found.given, found.allowed)


def _steps(documents: Any) -> Iterator[dict[str, Any]]:
    """All steps, those in the branches of conditions too."""
    for step in documents if isinstance(documents, list) else ():
        if isinstance(step, dict):
            yield step
            arguments = step.get("Arguments")
            if isinstance(arguments, dict):
                yield from _steps(arguments.get("IfSteps"))
                yield from _steps(arguments.get("ElseSteps"))


class _Defaults:
    """What expressions are worth before the pipeline runs: the defaults of its parameters."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        given = definition.get("Parameters")
        self.parameters: dict[str, Any] = {}
        for each in given if isinstance(given, list) else ():
            with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
                parameter = Parameter.of(each)
                if parameter.default is not None:
                    self.parameters[parameter.name] = parameter.default
        self.facts: dict[str, Any] = {}

    def properties(self, step: str) -> NoReturn:
        raise ExpressionError(f"{step} has not run")

    def property_file(self, step: str, name: str) -> NoReturn:
        raise ExpressionError(f"{step} has not written {name}")


def _known(value: Any, defaults: _Defaults) -> Any:
    """A value with its expressions resolved, and `UNKNOWN` where only a run decides."""
    if isinstance(value, list):
        return [_known(each, defaults) for each in value]
    if not isinstance(value, dict):
        return value
    if is_expression(value):
        try:
            return resolved(value, defaults)
        except (ExpressionError, LookupError, TypeError, AttributeError):
            return UNKNOWN
    return {key: _known(each, defaults) for key, each in value.items()}


def _written(path: Path) -> str:
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)
