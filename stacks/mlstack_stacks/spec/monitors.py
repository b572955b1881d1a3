"""The monitors of the part `monitoring`: what a released model's calls are compared with, and when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from mlstack_components.errors import quoted
from pydantic import AfterValidator, WithJsonSchema

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import ProcessingInstanceType, wrong

if TYPE_CHECKING:
    from mlstack_stacks.spec.models import EnvironmentSpec

# The times that SageMaker's monitors know:
# docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html.
_HOUR = r"(?:[01]?[0-9]|2[0-3])"
_CRON = re.compile(rf"0 (?:\*|{_HOUR}(?:/(?:0?[1-9]|1[0-9]|2[0-4]))?) \* \* \*")
_WORDS = ("hourly", "daily")


def _check_schedule(value: str) -> str:
    written = " ".join(value.split())
    if written not in _WORDS and not _CRON.fullmatch(written):
        raise wrong(
            f"{quoted(value)} is no time of a monitor: monitors run every hour, once a day, or every few hours.",
            'Write "hourly", "daily", or such as "0 6 * * *" or "0 0/6 * * *".',
        )
    return written


MonitorSchedule = Annotated[
    str,
    AfterValidator(_check_schedule),
    WithJsonSchema({"type": "string", "examples": ["hourly", "daily", "0 0/6 * * *"]}),
]


def as_monitor(value: object) -> object:
    """A monitor from its schedule alone."""
    return {"schedule": value} if isinstance(value, str) else value


class DataQuality(SpecModel):
    """Compares the calls of the endpoint with the data that its model was trained with."""

    schedule: MonitorSchedule
    """When: `hourly`, `daily`, or cron, every few hours at the most, in UTC."""
    instance_type: ProcessingInstanceType = "ml.m5.xlarge"
    """The machine of each run, and of the pipeline's step that measures the training data."""


def data_quality_of(spec: EnvironmentSpec) -> DataQuality | None:
    """The monitor of data quality, where the environment has all that it works on.

    The pipeline measures the training data, the registry keeps where the result lies, and the endpoint captures calls.

    Args:
        spec: The specification.

    Returns:
        The monitor; None where there is none, or a part is off that it needs.
    """
    if spec.monitoring is None or spec.training is None or spec.registry is None or spec.serving is None:
        return None
    if spec.serving.kind == "batch":  # no endpoint, so no calls
        return None
    return spec.monitoring.data_quality
