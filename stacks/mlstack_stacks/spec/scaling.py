"""How many machines a variant of an endpoint has, and when there are more or fewer: `instances` and `scaling`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.cron import CronExpression, PointInTime  # noqa: TC001 - pydantic reads the annotations
from mlstack_stacks.spec.values import wrong

_Count = Annotated[int, Field(ge=1, le=100)]


class Instances(SpecModel):
    """How many machines serve."""

    min: Annotated[int, Field(ge=0, le=100)] = 1
    """The least number of instances; two or more survive the loss of a machine, 0 is for asynchronous serving."""
    max: _Count | None = None
    """The largest number; above `min` the cloud scales by load. Fixed at `min` by default."""

    @property
    def scale(self) -> bool:
        """Whether their number follows the load."""
        return self.max is not None and self.max > self.min


class Schedule(SpecModel):
    """From a point in time on, another range within `instances`; exactly one of `cron` and `at`."""

    cron: CronExpression | None = None
    """When, again and again, in UTC: minute, hour, day of the month, month, weekday."""
    at: PointInTime | None = None
    """When, once, in UTC."""
    min: _Count
    """The least number of instances from then on."""
    max: _Count
    """The largest number from then on."""

    @model_validator(mode="after")
    def _one_time(self) -> Schedule:
        if (self.cron is None) == (self.at is None):
            raise wrong("a schedule has one of `cron` and `at`.", 'Such as `cron: "0 8 * * MON-FRI"`.')
        return self


class Scaling(SpecModel):
    """When machines are added and removed, between `instances.min` and `instances.max`."""

    invocations_per_instance: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    """How many calls a minute each machine should get; more machines are started above that, fewer kept below."""
    scale_in_cooldown_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """How long after a machine was removed the next one may be, in seconds."""
    scale_out_cooldown_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """How long after machines were added more may be, in seconds."""
    schedules: Annotated[tuple[Schedule, ...], Field(max_length=100)] = ()
    """Ranges for times that are known to be busy or quiet."""
