"""A pipeline's definition, read and checked: JSON of the schema version 2020-12-01.

Source of the schema: https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.pipelines.expressions import steps_in
from mlstack_localcloud.server.sagemaker.pipelines.parameters import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_localcloud.server.sagemaker.ports import Document

CONDITION = "Condition"
FAIL = "Fail"
STEP_TYPES = ("Processing", "Training", "Tuning", "Transform", "RegisterModel", "Model", CONDITION, FAIL)
_VERSIONS = {"2020-12-01"}


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: Its name, unique in the pipeline.
        type: One of `STEP_TYPES`.
        arguments: The request of the operation that it runs, with expressions; of a condition, the conditions.
        depends_on: The steps that must have succeeded before: named by DependsOn, or in an expression.
        property_files: Output name and path by the name of a property file.
        branch: The condition and the outcome that this step belongs to, or None.
        display_name: The name to show, or None.
        description: A description, or None.
    """

    name: str
    type: str
    arguments: Document
    depends_on: frozenset[str]
    property_files: dict[str, tuple[str, str]]
    branch: tuple[str, bool] | None
    display_name: str | None
    description: str | None


@dataclass(frozen=True)
class Definition:
    """A pipeline's parameters and steps, those in the branches of conditions included.

    Attributes:
        parameters: The parameters by name.
        steps: The steps by name, in the order of the definition.
    """

    parameters: dict[str, Parameter]
    steps: dict[str, Step]


def parse(text: str) -> Definition:
    """Return a definition after it was checked: names, types, references, no cycles.

    Args:
        text: The JSON text.

    Raises:
        ServiceError: ValidationException that names what is wrong.
    """
    try:
        document = json.loads(text)
        return _definition(document)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unparsable(f"Missing or malformed: {error}") from error
    except ValueError as error:
        raise _unparsable(str(error)) from error


def _definition(document: Document) -> Definition:
    if not isinstance(document, dict):
        raise _unparsable("It is not a JSON object.")
    if document.get("Version") not in _VERSIONS:
        raise _unparsable(f"Version must be one of {', '.join(sorted(_VERSIONS))}.")
    parameters = {given["Name"]: Parameter.of(given) for given in document.get("Parameters", [])}
    steps: dict[str, Step] = {}
    for step in _steps(document["Steps"], None):
        if step.name in steps:
            raise _unparsable(f"The step name {step.name} is used twice.")
        steps[step.name] = step
    if not steps:
        raise _unparsable("It has no steps.")
    _check_references(parameters, steps)
    return Definition(parameters, steps)


def _steps(given: list[Document], branch: tuple[str, bool] | None) -> Iterator[Step]:
    for document in given:
        name, kind, arguments = document["Name"], document["Type"], document["Arguments"]
        if kind not in STEP_TYPES:
            raise _unparsable(f"The local cloud does not run steps of type {kind} (step {name}).")
        own = {"Conditions": arguments["Conditions"]} if kind == CONDITION else arguments
        files = {
            file["PropertyFileName"]: (file["OutputName"], file["FilePath"])
            for file in document.get("PropertyFiles", [])
        }
        yield Step(
            name,
            kind,
            own,
            frozenset({*document.get("DependsOn", []), *steps_in(own)}),
            files,
            branch,
            document.get("DisplayName"),
            document.get("Description"),
        )
        if kind == CONDITION:
            yield from _steps(arguments.get("IfSteps", []), (name, True))
            yield from _steps(arguments.get("ElseSteps", []), (name, False))


def _check_references(parameters: dict[str, Parameter], steps: dict[str, Step]) -> None:
    for step in steps.values():
        for name in sorted(step.depends_on - steps.keys()):
            raise _unparsable(f"The step {step.name} depends on {name}, which is not a step of the pipeline.")
        for name in _parameters_in(step.arguments):
            if name not in parameters:
                raise _unparsable(f"The step {step.name} refers to the parameter {name}, which is not defined.")
    _check_cycles(steps)


def _check_cycles(steps: dict[str, Step]) -> None:
    waiting = {name: {*step.depends_on, *([step.branch[0]] if step.branch else [])} for name, step in steps.items()}
    while waiting:
        free = [name for name, needs in waiting.items() if not needs & waiting.keys()]
        if not free:
            raise _unparsable(f"The steps {', '.join(sorted(waiting))} depend on each other in a cycle.")
        for name in free:
            del waiting[name]


def _parameters_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("Get")
        if isinstance(reference, str) and reference.startswith("Parameters."):
            yield reference.removeprefix("Parameters.")
        for item in value.values():
            yield from _parameters_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _parameters_in(item)


def _unparsable(reason: str) -> Exception:
    return validation_error(f"Unable to parse pipeline definition. {reason}")
