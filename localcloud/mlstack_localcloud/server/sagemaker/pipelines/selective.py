"""Selective executions: some steps anew, the results of the others from an execution before."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.pipelines.parameters import text_of

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.pipelines.definition import Definition
    from mlstack_localcloud.server.sagemaker.ports import Document


def latest(runs: list[Document]) -> Document | None:
    """Return the newest of some executions, which is the source unless one is named; None when there is none."""
    return max(runs, key=lambda run: float(run["CreationTime"]), default=None)


def with_inherited(given: list[Document], source: Document | None, definition: Definition) -> list[Document]:
    """Return the parameters of a request and, of those that it leaves out, what they were in the source."""
    names = {entry["Name"] for entry in given}
    inherited = source["_parameters"] if source else {}
    return [
        *given,
        *(
            {"Name": name, "Value": text_of(value)}
            for name, value in inherited.items()
            if name in definition.parameters and name not in names
        ),
    ]


def selection(config: Document, definition: Definition, source: Document | None) -> Document:
    """Return what an execution of selected steps begins with: which are selected, and the records of the others.

    Args:
        config: The SelectiveExecutionConfig of the request.
        definition: The pipeline's definition.
        source: The execution whose results are taken, or None.

    Raises:
        ServiceError: A step is not known, or needs the result of one that has not succeeded in the source.
    """
    selected = [entry["StepName"] for entry in config["SelectedSteps"]]
    unknown = sorted(set(selected) - definition.steps.keys())
    if unknown:
        raise validation_error(f"The selected steps [{', '.join(unknown)}] do not exist in pipeline definition.")
    done = source["_steps"] if source else {}
    kept: dict[str, Document] = {}
    for name in selected:
        for needed in definition.steps[name].depends_on - set(selected):
            record = done.get(needed, {})
            if source is None or record.get("StepStatus") != "Succeeded":
                raise validation_error(
                    f"The selected step {name} depends on {needed}, which has not succeeded in the source execution."
                )
            result = {"SourcePipelineExecutionArn": source["PipelineExecutionArn"]}
            kept[needed] = {**copy.deepcopy(record), "SelectiveExecutionResult": result}
    return {"_selected": selected, "_steps": kept}
