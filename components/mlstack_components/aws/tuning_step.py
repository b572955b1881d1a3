"""The `tune` step in SageMaker's JSON: a tuning job, which stands where the training job stands without tuning.

It is made from the train step: the same image, channels and resources, but the hyperparameters that have a range are
chosen by the tuning job and are no parameters of the pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.pipeline_locations import TUNE
from mlstack_components.aws.pipeline_steps import train_step
from mlstack_components.aws.tuning_args import Choices, IntegerRange
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from mlstack_components.aws.pipeline_args import PipelineDefinitionArgs, TrainStepArgs
    from mlstack_components.aws.pipeline_expressions import Json
    from mlstack_components.aws.tuning_args import TuneStepArgs


def tune_step(args: PipelineDefinitionArgs, step: TuneStepArgs) -> Json:
    """Return the step that trains a model for each try and finds the best.

    Args:
        args: All that the pipeline follows from.
        step: How to search.

    Raises:
        UserError: If the objective is no metric of the train step, or a range is of no hyperparameter of its.
    """
    _check(args.steps.train, step)
    training = train_step(args)
    definition = training["Arguments"]
    static = {name: value for name, value in definition.pop("HyperParameters").items() if name not in step.ranges}
    arguments: Json = {
        "HyperParameterTuningJobConfig": _config(step),
        "TrainingJobDefinition": {"StaticHyperParameters": static, **definition},
    }
    return {**training, "Name": TUNE, "Type": "Tuning", "Arguments": arguments}


def _check(train: TrainStepArgs, step: TuneStepArgs) -> None:
    if all(definition.name != step.metric for definition in train.metric_definitions):
        raise UserError(
            f"The objective {step.metric} is no metric of the train step.",
            next_step="Give the train step a metric definition of that name.",
        )
    for name in step.ranges:
        if name not in train.hyperparameters:
            raise UserError(
                f"The range {name} is of no hyperparameter of the train step.", next_step="Give it a default there."
            )


def _config(step: TuneStepArgs) -> Json:
    limits: Json = {"MaxParallelTrainingJobs": step.max_parallel_jobs}
    if step.max_jobs is not None:
        limits["MaxNumberOfTrainingJobs"] = step.max_jobs
    return {
        "Strategy": step.strategy.capitalize(),
        "HyperParameterTuningJobObjective": {"Type": step.goal.capitalize(), "MetricName": step.metric},
        "ResourceLimits": limits,
        "ParameterRanges": _ranges(step),
        "TrainingJobEarlyStoppingType": "Auto" if step.early_stopping else "Off",
    }


def _ranges(step: TuneStepArgs) -> Json:
    integers: list[Json] = []
    continuous: list[Json] = []
    categorical: list[Json] = []
    for name, values in step.ranges.items():
        if isinstance(values, Choices):
            categorical.append({"Name": name, "Values": list(values.values)})
        else:
            target = integers if isinstance(values, IntegerRange) else continuous
            target.append({"Name": name, **_limits(values.minimum, values.maximum), "ScalingType": "Auto"})
    return {
        "IntegerParameterRanges": integers,
        "ContinuousParameterRanges": continuous,
        "CategoricalParameterRanges": categorical,
    }


def _limits(minimum: float, maximum: float) -> dict[str, Any]:
    return {"MinValue": str(minimum), "MaxValue": str(maximum)}
