"""What a training pipeline consists of, as frozen data without a cloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.model_card import ModelCardArgs
    from mlstack_components.aws.network import Network
    from mlstack_components.aws.pipeline_expressions import Json
    from mlstack_components.aws.tracking_access import TrackingAccess
    from mlstack_components.aws.tuning_args import TuneStepArgs

Hyperparameter: TypeAlias = bool | int | float | str
"""A hyperparameter's value; its type is the pipeline parameter's type."""

Comparator: TypeAlias = Literal[">=", ">", "<=", "<"]
"""How a gate compares a metric with its threshold."""

Distribution: TypeAlias = Literal["torchrun", "mpi"]
"""A launcher that the training toolkit of AWS's images can start a script with."""

ApprovalStatus: TypeAlias = Literal["PendingManualApproval", "Approved"]
"""The status that a new model version starts with."""


ImageUri: TypeAlias = "str | Json"
"""The address of a container image, or the reference to a parameter of the pipeline that holds one."""

TRAIN_IMAGE = "TrainImageUri"
"""The parameter that holds the image of the steps, where it is built by the project itself."""

SERVE_IMAGE = "ServeImageUri"
"""The parameter that holds the image that serves, where it is another one that the project builds."""


@dataclass(frozen=True)
class Gate:
    """A bar that an evaluated model must pass to be registered.

    Attributes:
        metric: The metric's name in the evaluation report, such as `accuracy`.
        comparator: How it is compared.
        threshold: What it is compared with.
    """

    metric: str
    comparator: Comparator
    threshold: float

    def __str__(self) -> str:
        return f"{self.metric} {self.comparator} {self.threshold:g}"


@dataclass(frozen=True)
class MetricDefinition:
    """A metric that a training job prints.

    Attributes:
        name: The metric's name, such as `validation:accuracy`.
        pattern: A regular expression over the log whose first group is the value.
    """

    name: str
    pattern: str


@dataclass(frozen=True, kw_only=True)
class JobStepArgs:
    """What every job of a pipeline has."""

    image_uri: ImageUri
    """The container image."""
    instance_type: str
    """The default of the step's instance type parameter, such as `ml.m5.large`."""
    instance_count: int = 1
    """How many instances work on it."""
    volume_gigabytes: int = 30
    """The size of each instance's volume, in GiB."""
    max_runtime_seconds: int = 86_400
    """After how long the job is stopped, in seconds."""
    network_isolation: bool = True
    """Whether the container has no network. Off only for scripts that call out; say why where it is set."""


@dataclass(frozen=True, kw_only=True)
class ScriptStepArgs(JobStepArgs):
    """What every processing job of a pipeline has."""

    entry_point: str
    """The script, relative to the code directory, such as `prepare.py`."""


@dataclass(frozen=True, kw_only=True)
class PrepareStepArgs(ScriptStepArgs):
    """The processing job that turns raw data into a training and a test set."""


@dataclass(frozen=True, kw_only=True)
class SpotTraining:
    """Training on spare instances, which AWS may take away; the job goes on from its last checkpoint."""

    max_wait_seconds: int
    """How long the job may take with all waiting, in seconds; at least its `max_runtime_seconds`."""


@dataclass(frozen=True, kw_only=True)
class TrainStepArgs(JobStepArgs):
    """The training job."""

    entry_point: str | None = None
    """The script, relative to the code directory, which the image's training toolkit starts; None where the image needs
    none."""
    command: tuple[str, ...] = ()
    """What the container runs in place of the image's own entry point; the image's own where empty."""
    hyperparameters: Mapping[str, Hyperparameter] = field(default_factory=dict)
    """Names and defaults; each becomes a parameter of the pipeline."""
    metric_definitions: tuple[MetricDefinition, ...] = ()
    """The metrics that SageMaker reads from the job's log."""
    spot: SpotTraining | None = None
    """Spare instances; those of the list price where None."""
    distribution: Distribution | None = None
    """What starts the script on several instances; where None the image does, on each by itself."""
    sharded: bool = False
    """Whether each instance gets a share of the training set's objects in place of all."""
    keep_alive_seconds: int | None = None
    """How long the instances are kept for the next job, 1 to 3600 seconds (ResourceConfig); not at all where None."""


@dataclass(frozen=True, kw_only=True)
class EvaluateStepArgs(ScriptStepArgs):
    """The processing job that measures the model on the test set."""

    gates: tuple[Gate, ...] = ()
    """What the model must pass; every one of them."""


@dataclass(frozen=True, kw_only=True)
class BaselineStepArgs:
    """The processing job that measures the training data, for monitors to compare with."""

    image_uri: str
    """AWS's analyzer, as `monitor_image.analyzer_image` gives it."""
    instance_type: str
    """The machine."""
    volume_gigabytes: int = 30
    """The size of its volume, in GiB."""
    max_runtime_seconds: int = 3600
    """After how long the job is stopped, in seconds."""


@dataclass(frozen=True, kw_only=True)
class QualityBaselineStepArgs(BaselineStepArgs):
    """The processing job that measures the evaluation's predictions, likewise."""

    problem_type: str
    """SageMaker's word for what is predicted, such as `MulticlassClassification`."""


@dataclass(frozen=True, kw_only=True)
class RegisterStepArgs:
    """The registration of the trained model as a version."""

    model_package_group_name: str
    """The group of the versions."""
    image_uri: ImageUri
    """The image that serves the model."""
    entry_point: str | None = None
    """The serving script inside the model's `code/` directory, such as `serve.py`; the image's own where None."""
    instance_types: tuple[str, ...] = ()
    """The instance types that the model may be served on; any where empty."""
    content_types: tuple[str, ...] = ("text/csv", "application/json")
    """The media types that the model takes and gives."""
    approval_status: ApprovalStatus = "PendingManualApproval"
    """The status that a new version starts with."""
    card: ModelCardArgs | None = None
    """The card that each version gets; none where None."""


@dataclass(frozen=True, kw_only=True)
class PipelineSteps:
    """The steps of a pipeline; those that are None are left out, and the others still fit together."""

    train: TrainStepArgs
    """Trains the model; the one step that a pipeline can't do without."""
    tune: TuneStepArgs | None = None
    """With it a tuning job trains in place of the training job, and the steps after it take its best model."""
    prepare: PrepareStepArgs | None = None
    """Without it the training job reads the raw data."""
    evaluate: EvaluateStepArgs | None = None
    """Without it nothing is measured and nothing is gated."""
    baseline: BaselineStepArgs | None = None
    """Without it versions are registered without what monitors need; it comes before `register`, and only with it."""
    quality_baseline: QualityBaselineStepArgs | None = None
    """Likewise for monitors of model quality; it needs `evaluate`."""
    register: RegisterStepArgs | None = None
    """Without it no version is registered."""


@dataclass(frozen=True, kw_only=True)
class PipelineDefinitionArgs:
    """All that a pipeline's definition follows from."""

    pipeline_name: str
    """The pipeline's name, a folder of the artifact bucket."""
    artifact_bucket: str
    """The name of the bucket that the steps write to."""
    encryption_key_arn: str
    """The key of volumes and outputs."""
    processing_role_arn: str | None
    """The role of the processing jobs; None where there are none."""
    training_role_arn: str
    """The role of the training job."""
    steps: PipelineSteps
    """The steps."""
    code_uri: str | None = None
    """The default code bundle; None makes the parameter required."""
    data_uri: str | None = None
    """The default dataset; None makes the parameter required."""
    image_uris: Mapping[str, str] = field(default_factory=dict)
    """The default images of the parameters `TRAIN_IMAGE` and `SERVE_IMAGE`, as far as steps refer to them."""
    network: Network | None = None
    """The VPC of the jobs; SageMaker's own network where None."""
    tracking: TrackingAccess | None = None
    """Where training records its runs; nowhere where None."""
