"""The part `monitoring` of mlstack.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.model_quality import ModelQuality  # noqa: TC001 - pydantic reads it
from mlstack_stacks.spec.monitors import DataQuality, as_monitor

Percent = Annotated[float, Field(gt=0, le=100)]


class AlarmThresholds(SpecModel):
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
    queue_age_minutes: Annotated[float, Field(gt=0, le=360)] | None = 15
    """The oldest call of an asynchronous endpoint waits or is worked on for longer, in minutes."""
    failed_runs: bool = True
    """A run of the training pipeline fails."""


class Monitoring(SpecModel):
    """What is watched, and where it is seen."""

    alarms: AlarmThresholds | None = None
    """When `notifications` are told."""
    dashboard: bool = True
    """Whether there is a dashboard."""
    data_quality: Annotated[DataQuality | None, BeforeValidator(as_monitor)] = None
    """The comparison of calls with the training data; its schedule alone will do."""
    model_quality: Annotated[ModelQuality | None, BeforeValidator(as_monitor)] = None
    """The comparison of predictions with labels that come later; its schedule alone will do."""
