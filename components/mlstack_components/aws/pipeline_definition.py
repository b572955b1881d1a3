"""A training pipeline as SageMaker's pipeline JSON: a pure function, tested against the sagemaker SDK.

The stages: `prepare` turns the raw data into a training and a test set, `train` fits the model (or `tune` fits one for
each try and goes on with the best), `evaluate` measures it on the test set and writes a report, `gate` compares the
report with the gates and either goes on to `register`, which makes a version that waits for approval, or ends the
execution at `gate-failed`. Where data is monitored, `baseline` measures the training data before `register`. A stage
that the project leaves out is left out here, and its neighbours are joined.

The code is never part of the definition: every job takes the bundle that the parameter `CodeUri` names. The downside is
that a script's name is fixed until the next update of the pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.pipeline_args import SERVE_IMAGE, TRAIN_IMAGE
from mlstack_components.aws.pipeline_steps import (
    evaluate_step,
    gate_step,
    prepare_step,
    register_step,
    train_step,
)
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from mlstack_components.aws.pipeline_args import Hyperparameter, PipelineDefinitionArgs
    from mlstack_components.aws.pipeline_expressions import Json

SCHEMA_VERSION = "2020-12-01"
"""The version of SageMaker's pipeline schema."""

RESERVED_PARAMETERS = frozenset(
    {
        "CodeUri",
        "DataUri",
        "PrepareInstanceType",
        "TrainInstanceType",
        "EvaluateInstanceType",
        TRAIN_IMAGE,
        SERVE_IMAGE,
    }
)
"""The parameters that are no hyperparameters."""

RESERVED_HYPERPARAMETERS = "sagemaker_"
"""What the framework containers' own hyperparameters start with."""


def pipeline_definition(args: PipelineDefinitionArgs) -> dict[str, Any]:
    """Return the pipeline's definition.

    Args:
        args: All that it follows from.

    Returns:
        What `CreatePipeline` takes as `PipelineDefinition`, before it is written as JSON.

    Raises:
        UserError: If a hyperparameter's name is reserved, or a script's name is too long.
    """
    return {
        "Version": SCHEMA_VERSION,
        "Metadata": {},
        "Parameters": _parameters(args),
        # Without this SageMaker makes an experiment and a trial of every execution, under rights that the role lacks.
        "PipelineExperimentConfig": None,
        "Steps": _steps(args),
    }


def _steps(args: PipelineDefinitionArgs) -> list[Json]:
    steps = args.steps
    registration = _registration(args)
    result = [] if steps.prepare is None else [prepare_step(args, steps.prepare)]
    result.append(_fit_step(args))
    if steps.evaluate is None:
        return result + registration
    result.append(evaluate_step(args, steps.evaluate))
    if not steps.evaluate.gates:
        return result + registration
    return [*result, gate_step(steps.evaluate.gates, registration)]


def _registration(args: PipelineDefinitionArgs) -> list[Json]:
    steps = args.steps
    if steps.register is None:
        return []
    registration = register_step(args, steps.register)
    baselines: list[Json] = []
    if steps.baseline is not None:
        from mlstack_components.aws.baseline_step import baseline_step, with_baseline

        baselines.append(baseline_step(args, steps.baseline))
        registration = with_baseline(registration)
    if steps.quality_baseline is not None and steps.evaluate is not None:
        from mlstack_components.aws.quality_baseline_step import quality_baseline_step, with_quality_baseline

        baselines.append(quality_baseline_step(args, steps.quality_baseline))
        registration = with_quality_baseline(registration)
    return [*baselines, registration]


def _fit_step(args: PipelineDefinitionArgs) -> Json:
    if args.steps.tune is None:
        return train_step(args)
    from mlstack_components.aws.tuning_step import tune_step

    return tune_step(args, args.steps.tune)


def _parameters(args: PipelineDefinitionArgs) -> list[Json]:
    steps = args.steps
    strings = {
        "CodeUri": args.code_uri,
        "DataUri": args.data_uri,
        **({} if steps.prepare is None else {"PrepareInstanceType": steps.prepare.instance_type}),
        "TrainInstanceType": steps.train.instance_type,
        **({} if steps.evaluate is None else {"EvaluateInstanceType": steps.evaluate.instance_type}),
        **args.image_uris,
    }
    result = [_parameter(name, "String", default) for name, default in strings.items()]
    tuned = {} if steps.tune is None else steps.tune.ranges
    for name, value in steps.train.hyperparameters.items():
        if name in RESERVED_PARAMETERS or name.startswith(RESERVED_HYPERPARAMETERS):
            raise UserError(f"A hyperparameter can't be named {name}.", next_step="Choose another name for it.")
        if name not in tuned:
            result.append(_parameter(name, _type_of(value), value))
    return result


def _parameter(name: str, type_name: str, default: Hyperparameter | None) -> Json:
    parameter: Json = {"Name": name, "Type": type_name}
    return parameter if default is None else {**parameter, "DefaultValue": default}


def _type_of(value: Hyperparameter) -> str:
    # bool is an int in Python, so it is asked first.
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Integer"
    return "Float" if isinstance(value, float) else "String"
