"""The part `steps` of mlstack.yaml: what the training pipeline does, and on which machines."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.gates import GateExpression  # noqa: TC001 - pydantic reads it
from mlstack_stacks.spec.ranges import RangeExpression, combinations
from mlstack_stacks.spec.training import (
    MAX_INSTANCES,
    MAX_WARM_POOL_MINUTES,
    Command,
    ImageAddress,
    Spot,
    TrainingMinutes,
)
from mlstack_stacks.spec.values import (
    MAX_PARALLEL_TUNING_JOBS,
    MAX_TUNING_JOBS,
    MAX_TUNING_RANGES,
    EntryPoint,
    Hyperparameter,
    HyperparameterName,
    MetricName,
    MetricPattern,
    ProcessingInstanceType,
    TrainingInstanceType,
)


class Framework(SpecModel):
    """The machine-learning framework of the jobs and of the model's server, as the cloud ships it."""

    name: Literal["sklearn", "pytorch", "xgboost"]
    """The framework."""
    version: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    """The version of the cloud's framework image; the newest that mlstack knows by default."""


def _framework(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class _Step(SpecModel):
    instance_type: str = "ml.m5.large"
    """The machine that the step runs on."""
    volume_size_gb: Annotated[int, Field(ge=1, le=16384)] = 30
    """The disk of that machine, in GiB."""
    max_runtime_minutes: int = 60
    """The time after which the step is stopped, in minutes."""


class _ProcessingStep(_Step):
    entry_point: EntryPoint
    """The script, below `src/`."""
    instance_type: ProcessingInstanceType = "ml.m5.large"
    """The machine that the step runs on."""
    # ProcessingMaxRuntimeInSeconds of botocore's model: nine days.
    max_runtime_minutes: Annotated[int, Field(ge=1, le=12960)] = 60
    """The time after which the step is stopped, in minutes."""


class Prepare(_ProcessingStep):
    """Turns raw data into a training and a test set."""


class Train(_Step):
    """Fits the model."""

    entry_point: EntryPoint | None = None
    """The script, below `src/`; an image of your own may do without."""
    instance_type: TrainingInstanceType = "ml.m5.large"
    """The machine that the step runs on."""
    max_runtime_minutes: TrainingMinutes = 60
    """The time after which the step is stopped, in minutes."""
    framework: Annotated[Framework | None, BeforeValidator(_framework)] = None
    """The framework, by name or as name and version."""
    image: ImageAddress | None = None
    """A container image of your own in place of a framework's, by name or address, for all steps and for serving."""
    command: Command | None = None
    """What the image of your own runs in place of its own entry point."""
    hyperparameters: Annotated[dict[HyperparameterName, Hyperparameter], Field(max_length=80)] = Field(default={})
    """What the training script gets as `--name value`; each is a parameter of the pipeline."""
    spot: Spot | None = None
    instance_count: Annotated[int, Field(ge=1, le=MAX_INSTANCES)] = 1
    """How many machines train together."""
    distribution: Literal["none", "torchrun", "mpi"] = "none"
    """What starts the script on them: itself on each, or a launcher that joins them."""
    data_distribution: Literal["replicated", "sharded"] = "replicated"
    """Whether each machine gets the whole training set or its share of the files."""
    warm_pool_minutes: Annotated[int, Field(ge=1, le=MAX_WARM_POOL_MINUTES)] | None = None
    """How long the machines are kept for the next run, and paid for, in minutes."""


class Objective(SpecModel):
    """What tuning looks for."""

    metric: MetricName
    """The metric, which the training script prints as `name=value`."""
    goal: Literal["maximize", "minimize"] = "maximize"
    """Whether a higher or a lower value is better."""
    pattern: MetricPattern | None = None
    """Where the script prints it in another way: a regular expression whose one group is the value."""


class Tune(SpecModel):
    """Trains a model for each try, and goes on with the best."""

    objective: Objective
    max_jobs: Annotated[int, Field(ge=1, le=MAX_TUNING_JOBS)] | None = None
    """How many models are trained; needed but with the strategy `grid`, which tries every combination."""
    max_parallel_jobs: Annotated[int, Field(ge=1, le=MAX_PARALLEL_TUNING_JOBS)] = 1
    """How many of them at once."""
    strategy: Literal["bayesian", "random", "grid", "hyperband"] = "bayesian"
    """How the values are chosen: from the results so far, by chance, each combination, or with more and more effort."""
    early_stopping: bool = False
    """Whether a job that promises nothing is stopped before its end."""
    ranges: Annotated[dict[HyperparameterName, RangeExpression], Field(min_length=1, max_length=MAX_TUNING_RANGES)]
    """For each hyperparameter of `train` that is tuned: `[2, 12]`, `[0.01, 0.3]`, or the values to choose from."""

    @property
    def jobs(self) -> int:
        """How many models are trained at most."""
        return self.max_jobs or combinations(self.ranges.values())


class Evaluate(_ProcessingStep):
    """Measures the model on the test set and decides whether it may be registered."""

    gates: Annotated[dict[MetricName, GateExpression], Field(max_length=50)] = Field(default={})
    """What each metric must reach, such as `accuracy: ">= 0.80"`."""


class Steps(SpecModel):
    """The training pipeline: prepare, train or tune, evaluate, gate, register."""

    prepare: Prepare | None = None
    train: Train
    tune: Tune | None = None
    evaluate: Evaluate | None = None
