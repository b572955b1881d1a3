"""What the estimate of an environment's cost assumes.

The keys belong to no cloud: a bucket, a key or a topic has its like in each.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mlstack_stacks.spec.base import SpecModel

_MOST = 1e12
_Amount = Annotated[float, Field(ge=0, le=_MOST, allow_inf_nan=False)]


class Assumptions(SpecModel):
    """What is assumed of a month where a plan can't tell."""

    hours_per_month: Annotated[float, Field(ge=1, le=744, allow_inf_nan=False)] = 730
    """How long what is always up runs in a month, in hours; a month has 730 on average."""
    runs_per_month: _Amount = 20
    """How often the training pipeline runs."""
    hours_per_step: _Amount = 0.25
    """How long each step of a run takes, and each run of a monitor, in hours; never more than `max_runtime_minutes`."""
    spot_saving_percent: Annotated[float, Field(ge=0, le=90, allow_inf_nan=False)] = 0
    """How much less spare machines cost than the list price, in percent; no price of theirs is published."""
    batches_per_month: _Amount = 30
    """How often a dataset is scored as a whole (`serving.kind: batch`)."""
    hours_per_batch: _Amount = 0.25
    """How long that takes, in hours."""
    storage_gb: _Amount = 10
    """What each bucket holds, in GB, old versions included."""
    storage_writes: _Amount = 10000
    """Writing and listing requests to each bucket."""
    storage_reads: _Amount = 100000
    """Reading requests to each bucket."""
    image_gb: _Amount = 5
    """What the images of each container registry occupy, in GB."""
    log_gb: _Amount = 1
    """What is written to each log group, in GB."""
    key_requests: _Amount = 100000
    """Uses of each encryption key."""
    messages: _Amount = 1000
    """Messages through each topic, subscription and queue."""
    secret_reads: _Amount = 10000
    """Reads of each secret."""
    build_minutes: _Amount = 100
    """Minutes that the builds of each project take."""
    network_gb: _Amount = 10
    """What passes each gateway and private endpoint of the network, in GB."""


class Cost(SpecModel):
    """How the cost is estimated; provisions nothing."""

    assumptions: Assumptions = Assumptions.model_construct()
