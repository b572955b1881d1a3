"""Runs of the training pipeline as SageMaker keeps them: definitions, executions, starting and stopping."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError, UserError

from mlstack.cloud.errors import is_missing
from mlstack.training.execution import defined_steps, picture
from mlstack.training.tuning import read_tuning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_sagemaker import SageMakerClient

    from mlstack.training.execution import DefinedStep, Execution

_TUNING = "HyperParameterTuningJobs"


def pipeline_definition(sagemaker: SageMakerClient, pipeline: str) -> dict[str, Any]:
    """The pipeline's definition as it is now.

    Args:
        sagemaker: A client.
        pipeline: The pipeline's name.

    Raises:
        MlstackError: There is no such pipeline.
    """
    from botocore.exceptions import ClientError

    try:
        described = sagemaker.describe_pipeline(PipelineName=pipeline)
    except ClientError as error:
        if is_missing(error):
            raise MlstackError(
                f"The pipeline {pipeline} does not exist any more.", next_step="Make it again with `mlstack up`."
            ) from error
        raise
    return dict(json.loads(described["PipelineDefinition"]))


def executed_definition(sagemaker: SageMakerClient, execution_arn: str) -> dict[str, Any]:
    """The definition that an execution runs, which the pipeline may have left behind since."""
    described = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=execution_arn)
    return dict(json.loads(described["PipelineDefinition"]))


def executed_parameters(sagemaker: SageMakerClient, execution_arn: str) -> dict[str, str]:
    """The parameters of an execution, by name."""
    pages = sagemaker.get_paginator("list_pipeline_parameters_for_execution").paginate(
        PipelineExecutionArn=execution_arn
    )
    return {parameter["Name"]: parameter["Value"] for page in pages for parameter in page["PipelineParameters"]}


def read_execution(
    sagemaker: SageMakerClient, execution_arn: str, defined: Sequence[DefinedStep] | None = None
) -> Execution:
    """Take a picture of an execution.

    Args:
        sagemaker: A client.
        execution_arn: The execution.
        defined: The steps of the definition that it runs; looked up where None.

    Returns:
        The execution with all its steps.
    """
    steps = defined_steps(executed_definition(sagemaker, execution_arn)) if defined is None else defined
    # The status first: steps that end in between are then in the list of a picture that is not final yet.
    described: Any = sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution_arn)
    pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(PipelineExecutionArn=execution_arn)
    listed: list[Any] = [entry for page in pages for entry in page["PipelineExecutionSteps"]]
    return _with_tuning(sagemaker, picture(described, listed, steps))


def _with_tuning(sagemaker: SageMakerClient, execution: Execution) -> Execution:
    if all(step.job is None or step.job.kind != _TUNING for step in execution.steps):
        return execution
    steps = tuple(
        replace(step, tuning=read_tuning(sagemaker, step.job.name)) if step.job and step.job.kind == _TUNING else step
        for step in execution.steps
    )
    return replace(execution, steps=steps)


def execution_arns(sagemaker: SageMakerClient, pipeline: str) -> Iterator[str]:
    """The executions of a pipeline, newest first."""
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(
        PipelineName=pipeline, SortBy="CreationTime", SortOrder="Descending"
    )
    for page in pages:
        for summary in page["PipelineExecutionSummaries"]:
            yield summary["PipelineExecutionArn"]


def find_execution(sagemaker: SageMakerClient, pipeline: str, wanted: str | None, start: str) -> str:
    """An execution by the last part of its ARN, or the newest one.

    Args:
        sagemaker: A client.
        pipeline: The pipeline's name.
        wanted: The id or the ARN, the beginning of the id will do; the newest execution where None.
        start: The command that starts one, for what to do next.

    Returns:
        The execution's ARN.

    Raises:
        UserError: No execution, or more than one, has such an id.
        MlstackError: The pipeline never ran.
    """
    if wanted is None:
        newest = next(execution_arns(sagemaker, pipeline), None)
        if newest is None:
            raise MlstackError("The pipeline has not run yet.", next_step=f"Start it with `{start}`.")
        return newest
    beginning = wanted.rsplit("/", 1)[-1]
    found = [arn for arn in execution_arns(sagemaker, pipeline) if arn.rsplit("/", 1)[-1].startswith(beginning)]
    if len(found) != 1:
        raise UserError(
            f"{'More than one' if found else 'No'} run of the pipeline has the id {wanted}.",
            next_step="`mlstack status` shows the id of the last one.",
        )
    return found[0]


def start(
    sagemaker: SageMakerClient,
    pipeline: str,
    parameters: Mapping[str, str],
    *,
    steps: Sequence[str] = (),
    source: str | None = None,
) -> str:
    """Start the pipeline.

    Args:
        sagemaker: A client.
        pipeline: The pipeline's name.
        parameters: Values of its parameters.
        steps: The steps to run; all where empty.
        source: The execution that lends the results of the other steps.

    Returns:
        The ARN of the execution.
    """
    more: dict[str, Any] = {}
    if steps:
        selection: dict[str, Any] = {"SelectedSteps": [{"StepName": name} for name in steps]}
        if source is not None:
            selection["SourcePipelineExecutionArn"] = source
        more["SelectiveExecutionConfig"] = selection
    started = sagemaker.start_pipeline_execution(
        PipelineName=pipeline,
        PipelineParameters=[{"Name": name, "Value": value} for name, value in parameters.items()],
        ClientRequestToken=str(uuid.uuid4()),
        **more,
    )
    return started["PipelineExecutionArn"]


def stop(sagemaker: SageMakerClient, execution_arn: str) -> None:
    """Ask an execution to stop; its running job is stopped, too."""
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=execution_arn, ClientRequestToken=str(uuid.uuid4()))
