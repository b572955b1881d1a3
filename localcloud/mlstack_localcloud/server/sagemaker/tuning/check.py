"""What a request for a tuning job may ask for, beyond what AWS's model of the API says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.tuning.search import STRATEGIES, RangeError, candidates, grid_size
from mlstack_localcloud.server.sagemaker.tuning.trials import objective_of
from mlstack_localcloud.server.sagemaker.unsupported import refuse, unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

_NOT_HERE = ("TrainingJobDefinitions", "WarmStartConfig", "Autotune")
_NO_CONFIG = ("StrategyConfig", "TuningJobCompletionCriteria")
_NO_DEFINITION = ("TuningObjective", "HyperParameterRanges", "HyperParameterTuningResourceConfig", "RetryStrategy")


def check(request: Document) -> None:
    """Refuse a request that the local cloud can't fulfil.

    Args:
        request: The request of CreateHyperParameterTuningJob.

    Raises:
        ServiceError: ValidationException that says why.
    """
    refuse(request, _NOT_HERE)
    config = request["HyperParameterTuningJobConfig"]
    refuse(config, _NO_CONFIG)
    if config.get("TrainingJobEarlyStoppingType", "Off") != "Off":
        raise unsupported("the early stopping of training jobs (TrainingJobEarlyStoppingType)")
    if config["Strategy"] not in STRATEGIES:
        raise unsupported(f"the strategy {config['Strategy']}")
    definition = request.get("TrainingJobDefinition")
    if definition is None or "HyperParameterTuningJobObjective" not in config:
        raise validation_error("A tuning job needs a TrainingJobDefinition and a HyperParameterTuningJobObjective.")
    refuse(definition, _NO_DEFINITION)
    refuse(config.get("ParameterRanges", {}), ("AutoParameters",))
    _check_limits(config)
    _check_names(config, definition)
    try:
        candidates(config)
    except RangeError as error:
        raise validation_error(str(error)) from error


def _check_limits(config: Document) -> None:
    limits = config["ResourceLimits"]
    refuse(limits, ("MaxRuntimeInSeconds",))
    most = limits.get("MaxNumberOfTrainingJobs")
    if config["Strategy"] == "Grid":
        if most is not None and most != grid_size(config):
            raise validation_error(
                f"MaxNumberOfTrainingJobs must be {grid_size(config)} with the strategy Grid, one a combination."
            )
    elif most is None:
        raise validation_error(f"MaxNumberOfTrainingJobs is needed with the strategy {config['Strategy']}.")
    if most is not None and limits["MaxParallelTrainingJobs"] > most:
        raise validation_error("MaxParallelTrainingJobs must not be greater than MaxNumberOfTrainingJobs.")


def _check_names(config: Document, definition: Document) -> None:
    metric = objective_of(config)["MetricName"]
    if metric not in {each["Name"] for each in definition["AlgorithmSpecification"].get("MetricDefinitions", [])}:
        raise validation_error(f"The objective metric {metric} is not in the MetricDefinitions.")
    names = [each["Name"] for kind in config.get("ParameterRanges", {}).values() for each in kind]
    for name in names:
        if name in definition.get("StaticHyperParameters", {}):
            raise validation_error(f"The hyperparameter {name} is static and has a range.")
        if names.count(name) > 1:
            raise validation_error(f"The hyperparameter {name} has more than one range.")
