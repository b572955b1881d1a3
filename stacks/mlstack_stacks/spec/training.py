"""What `steps.train` may ask for beyond one machine that is always there."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mlstack_stacks.spec.base import SpecModel

# MaxRuntimeInSeconds and MaxWaitTimeInSeconds of a training job: 28 days
# (docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html).
MAX_TRAINING_MINUTES = 40320

# KeepAlivePeriodInSeconds: an hour (docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html).
MAX_WARM_POOL_MINUTES = 60
# More than the default quota of any type; what an account really has is its quota.
MAX_INSTANCES = 100

TrainingMinutes = Annotated[int, Field(ge=1, le=MAX_TRAINING_MINUTES)]


class Spot(SpecModel):
    """Spare machines at a lower price, which the cloud may take away: training goes on from its last checkpoint."""

    max_wait_minutes: TrainingMinutes
    """How long training may take with all waiting for machines, in minutes; at least `max_runtime_minutes`."""
