"""What mlstack.yaml may hold, as pydantic models.

The terms are the field's own and belong to no cloud: `serving` is an endpoint on AWS, an online endpoint on Azure ML
and an endpoint on Vertex AI. A part that is left out (or `null`) is not provisioned. Attribute docstrings are the
descriptions that the JSON schema shows in an editor.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from mlstack_stacks.spec.access import Roles, Secrets  # noqa: TC001 - pydantic reads the annotations
from mlstack_stacks.spec.base import STRICT
from mlstack_stacks.spec.cost import Cost
from mlstack_stacks.spec.feature_group import FeatureGroup, GroupName  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.network import Network  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.ranges import RangeExpression, combinations
from mlstack_stacks.spec.serving import Serving  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.tree import Place  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.values import (
    LOCAL_ACCOUNT,
    LOCAL_ENVIRONMENT,
    LOCAL_REGION,
    MAX_PARALLEL_TUNING_JOBS,
    MAX_TUNING_JOBS,
    MAX_TUNING_RANGES,
    Account,
    Email,
    EntryPoint,
    EnvironmentName,
    GateExpression,
    Hyperparameter,
    HyperparameterName,
    MetricName,
    MetricPattern,
    Owner,
    ProcessingInstanceType,
    ProjectName,
    Region,
    RelativePath,
    TrainingInstanceType,
    wrong,
)

Percent = Annotated[float, Field(gt=0, le=100)]
AlertPercent = Annotated[int, Field(ge=1, le=1000)]


class _Model(BaseModel):
    model_config = STRICT


class Data(_Model):
    """The data that training starts from."""

    source: RelativePath
    """The file of the project that is uploaded to the data bucket, relative to this file."""
    target: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """The column that the model predicts."""


class Framework(_Model):
    """The machine-learning framework of the jobs and of the model's server, as the cloud ships it."""

    name: Literal["sklearn"]
    """The framework."""
    version: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    """The version of the cloud's framework image; the newest that mlstack knows by default."""


def _framework(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class _Step(_Model):
    entry_point: EntryPoint
    """The script, below `src/`."""
    instance_type: str = "ml.m5.large"
    """The machine that the step runs on."""
    volume_size_gb: Annotated[int, Field(ge=1, le=16384)] = 30
    """The disk of that machine, in GiB."""
    max_runtime_minutes: int = 60
    """The time after which the step is stopped, in minutes."""


class _ProcessingStep(_Step):
    instance_type: ProcessingInstanceType = "ml.m5.large"
    """The machine that the step runs on."""
    # ProcessingMaxRuntimeInSeconds of botocore's model: nine days.
    max_runtime_minutes: Annotated[int, Field(ge=1, le=12960)] = 60
    """The time after which the step is stopped, in minutes."""


class Prepare(_ProcessingStep):
    """Turns raw data into a training and a test set."""


class Train(_Step):
    """Fits the model."""

    instance_type: TrainingInstanceType = "ml.m5.large"
    """The machine that the step runs on."""
    max_runtime_minutes: Annotated[int, Field(ge=1, le=40320)] = 60
    """The time after which the step is stopped, in minutes."""
    framework: Annotated[Framework, BeforeValidator(_framework)]
    """The framework, by name or as name and version."""
    hyperparameters: Annotated[dict[HyperparameterName, Hyperparameter], Field(max_length=80)] = {}
    """What the training script gets as `--name value`; each is a parameter of the pipeline."""


class Objective(_Model):
    """What tuning looks for."""

    metric: MetricName
    """The metric, which the training script prints as `name=value`."""
    goal: Literal["maximize", "minimize"] = "maximize"
    """Whether a higher or a lower value is better."""
    pattern: MetricPattern | None = None
    """Where the script prints it in another way: a regular expression whose one group is the value."""


class Tune(_Model):
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

    gates: Annotated[dict[MetricName, GateExpression], Field(max_length=50)] = {}
    """What each metric must reach, such as `accuracy: ">= 0.80"`."""


class Steps(_Model):
    """The training pipeline: prepare, train or tune, evaluate, gate, register."""

    prepare: Prepare | None = None
    train: Train
    tune: Tune | None = None
    evaluate: Evaluate | None = None


class Registry(_Model):
    """Where models (and the project's own container images) are kept, with their versions."""

    approval: Literal["manual"] = "manual"
    """Who approves a new version: a person."""
    images: bool = True
    """Whether the project gets a repository for container images of its own."""


class Notifications(_Model):
    """Who hears of new models, failed pipelines and failed endpoints."""

    emails: Annotated[tuple[Email, ...], Field(min_length=1, max_length=50)]
    """Addresses; each gets one message to confirm the subscription."""

    @field_validator("emails")
    @classmethod
    def _once_each(cls, emails: tuple[str, ...]) -> tuple[str, ...]:
        if repeated := [email for email in emails if emails.count(email) > 1]:
            raise wrong(f'"{repeated[0]}" stands here more than once.', "Remove one.")
        return emails


class AlarmThresholds(_Model):
    """When an alarm goes off; `null` leaves one out."""

    latency_p99_ms: Annotated[float, Field(gt=0, le=60_000)] | None = 1000
    """The slowest hundredth of the calls takes longer, in milliseconds."""
    error_percent: Percent | None = 1
    """More of the calls fail (5XX), in percent."""
    client_error_percent: Percent | None = 5
    """More of the calls are refused (4XX), in percent."""
    cpu_percent: Percent | None = 80
    """More of the machines' processors is used, in percent of all of them."""
    memory_percent: Percent | None = 80
    """More of the machines' memory is used, in percent."""
    disk_percent: Percent | None = 80
    """More of the machines' disks is used, in percent."""
    failed_runs: bool = True
    """A run of the training pipeline fails."""


class Monitoring(_Model):
    """What is watched, and where it is seen."""

    alarms: AlarmThresholds | None = None
    """When `notifications` are told."""
    dashboard: bool = True
    """Whether there is a dashboard."""


class Budget(_Model):
    """What an environment may cost, by the tags of its resources; `notifications` are told."""

    monthly_usd: Annotated[float, Field(gt=0, le=1_000_000_000)]
    """What a month may cost, in US dollars."""
    alert_percent: Annotated[tuple[AlertPercent, ...], Field(min_length=1, max_length=5)] = (80, 100)
    """At which percentages of it, once spent and once forecast."""

    @field_validator("alert_percent")
    @classmethod
    def _once_each(cls, percents: tuple[int, ...]) -> tuple[int, ...]:
        if repeated := [each for each in percents if percents.count(each) > 1]:
            raise wrong(f"{repeated[0]} stands here more than once.", "Remove one.")
        return percents


class Parts(_Model):
    """The parts of a project, which an environment may override key by key."""

    owner: Owner | None = None
    """The team or person that answers for the project; a tag on every resource."""
    cloud: Literal["aws"] = "aws"
    """The cloud."""
    data: Data | None = None
    steps: Steps | None = None
    registry: Registry | None = None
    serving: Serving | None = None
    notifications: Notifications | None = None
    features: Annotated[dict[GroupName, FeatureGroup], Field(min_length=1, max_length=100)] | None = None
    """The feature groups, by name."""
    cost: Cost = Cost()
    monitoring: Monitoring | None = None
    budget: Budget | None = None
    network: Network | None = None
    roles: Roles | None = None
    secrets: Secrets | None = None
    """Secrets of the cloud's store, by name, each with the kinds of jobs that may read it."""


class EnvironmentSpec(Parts):
    """A project in one environment: the specification with that environment's overrides applied.

    Attributes:
        name: The project's name.
        environment: The environment's name, which is the Pulumi stack's.
        account: The account's 12 digits; `000000000000` is the local cloud's.
        region: The region.
    """

    name: ProjectName
    environment: EnvironmentName
    account: Account
    region: Region
    _file: Path = PrivateAttr(default=Path("mlstack.yaml"))
    _places: dict[str, Place] = PrivateAttr(default_factory=dict)

    @property
    def file(self) -> Path:
        """The file that this was read from."""
        return self._file

    @property
    def root(self) -> Path:
        """The project's folder, which paths of the specification are relative to."""
        return self._file.parent

    @property
    def is_local(self) -> bool:
        """True for the environment on the local cloud."""
        return self.environment == LOCAL_ENVIRONMENT

    def place(self, key: str) -> Place | None:
        """Where a key's value comes from: the environment's override if there is one, else the project's.

        Args:
            key: A dotted key without the environment, such as `serving.instances.min`.

        Returns:
            The place in the file, or None where a default applies.
        """
        return self._places.get(key)

    @model_validator(mode="before")
    @classmethod
    def _local_defaults(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("environment") == LOCAL_ENVIRONMENT:
            return {"account": LOCAL_ACCOUNT, "region": LOCAL_REGION, **data}
        return data

    @field_validator("account")
    @classmethod
    def _right_account(cls, account: str, info: ValidationInfo) -> str:
        local = info.data.get("environment") == LOCAL_ENVIRONMENT
        if local and account != LOCAL_ACCOUNT:
            raise wrong(f"the environment `{LOCAL_ENVIRONMENT}` has the account {LOCAL_ACCOUNT}.", "Remove this line.")
        if not local and account == LOCAL_ACCOUNT:
            raise wrong(f"{LOCAL_ACCOUNT} is the account of the environment `{LOCAL_ENVIRONMENT}`.")
        return account


class ProjectSpec(_Model):
    """A whole mlstack.yaml.

    Attributes:
        name: The project's name.
        environments: Each environment with its overrides applied, `local` always among them.
    """

    name: ProjectName
    environments: dict[str, EnvironmentSpec]
