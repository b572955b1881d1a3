"""The part `serving` of mlstack.yaml: how the approved model answers, on how many machines, and how it is exchanged."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from mlstack_stacks.spec.asynchronous import Asynchronous  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.batch import Batch  # noqa: TC001 - pydantic reads the annotations
from mlstack_stacks.spec.cron import CronExpression  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.scaling import Instances, Scaling
from mlstack_stacks.spec.serverless import Serverless  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.training import ImageAddress  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.values import EntryPoint, RealtimeInstanceType, wrong
from mlstack_stacks.spec.variants import (
    MAX_VARIANTS,
    Shadow,
    Variant,
    VariantName,
)

MOST_MINUTES = 45
"""How long all waits of a rollout may take together: Pulumi's provider waits an hour for an endpoint
(terraform-provider-aws, internal/service/sagemaker/wait.go), and the machines take their time, too."""

SMALLEST_LINEAR_STEP = 10


class Rollout(SpecModel):
    """How calls go over to a new model."""

    kind: Literal["all_at_once", "canary", "linear"] = "all_at_once"
    """`canary`: a small share first, then all. `linear`: in equal steps."""
    step_percent: Annotated[int, Field(ge=1, le=50)] = 10
    """The share of a canary, or of each linear step, which has 10 at least."""
    wait_minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)] = 3
    """How long each step is watched before the next, in minutes."""
    rollback_alarms: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=255)], ...], Field(max_length=10)
    ] = ()
    """Alarms of the cloud's monitoring by name; one that goes off meanwhile brings the former model back."""

    @property
    def steps(self) -> int:
        """After how many steps everything has gone over."""
        return {"all_at_once": 1, "canary": 2, "linear": math.ceil(100 / self.step_percent)}[self.kind]

    @field_validator("step_percent")
    @classmethod
    def _a_step(cls, percent: int, info: ValidationInfo) -> int:
        if info.data.get("kind") == "linear" and percent < SMALLEST_LINEAR_STEP:
            raise wrong(f"a linear step has {SMALLEST_LINEAR_STEP} percent at least.", "Or write `kind: canary`.")
        return percent

    @model_validator(mode="after")
    def _in_time(self) -> Rollout:
        minutes = self.steps * self.wait_minutes
        if minutes > MOST_MINUTES:
            raise wrong(
                f"{self.steps} steps of {self.wait_minutes} minutes are {minutes}; {MOST_MINUTES} are allowed.",
                "Make the steps larger or the waits shorter.",
            )
        return self


def _rollout(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


class Serving(SpecModel):
    """How the approved model answers requests."""

    kind: Literal["realtime", "asynchronous", "serverless", "batch"]
    """`realtime`: an endpoint that is always up. `asynchronous`: calls wait in a queue, answers are written to the data
    bucket. `serverless`: an endpoint without machines, started when it is called. `batch`: whole datasets, on machines
    that are there only meanwhile."""
    entry_point: EntryPoint = "src/serve.py"
    """The script with `model_fn`, `input_fn`, `predict_fn` and `output_fn`, below `src/`."""
    image: ImageAddress | None = None
    """A container image of your own that serves, by its name or address; that of the training by default."""
    instance_type: RealtimeInstanceType = "ml.m5.large"
    """The machine that the model runs on."""
    instances: Instances = Instances.model_construct()
    scaling: Scaling | None = None
    rollout: Annotated[Rollout, BeforeValidator(_rollout)] = Rollout.model_construct()
    capture_percent: Annotated[int, Field(ge=0, le=100)] = 0
    """Which share of the calls is kept with its answer in the data bucket, in percent; 0 keeps none."""
    variants: Annotated[dict[VariantName, Variant], Field(max_length=MAX_VARIANTS)] | None = None
    """Further versions that answer a share of the calls, by name; `mlstack release --variant` chooses them."""
    shadow: Shadow | None = None
    asynchronous: Asynchronous | None = None
    serverless: Serverless | None = None
    idle_shutdown: CronExpression | None = None
    """When the endpoint goes out of service by itself, in UTC; `mlstack up` starts it again. Never by default."""
    batch: Batch | None = None
