"""The part `budget` of mlstack.yaml."""

from __future__ import annotations

import re
from typing import Annotated

from mlstack_components.errors import quoted
from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import once_each, wrong

_MONITOR = re.compile(r"arn:aws(?:-[a-z-]+)?:ce::[0-9]{12}:anomalymonitor/[0-9a-f-]{36}")


def _check_monitor(value: str) -> str:
    if not _MONITOR.fullmatch(value):
        example = "arn:aws:ce::111111111111:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef"
        raise wrong(f"{quoted(value)} is not the ARN of a monitor of cost anomalies.", f'Such as "{example}".')
    return value


MonitorArn = Annotated[
    str,
    AfterValidator(_check_monitor),
    WithJsonSchema({"type": "string", "pattern": "^arn:[a-z-]+:ce::[0-9]{12}:anomalymonitor/.+$"}),
]
AlertPercent = Annotated[int, Field(ge=1, le=1000)]


class Budget(SpecModel):
    """What an environment may cost, by the tags of its resources; `notifications` are told."""

    monthly_usd: Annotated[float, Field(gt=0, le=1_000_000_000)]
    """What a month may cost, in US dollars."""
    alert_percent: Annotated[tuple[AlertPercent, ...], Field(min_length=1, max_length=5), AfterValidator(once_each)] = (
        80,
        100,
    )
    """At which percentages of it, once spent and once forecast."""
    anomaly_usd: Annotated[float, Field(gt=0, le=1_000_000_000)] | None = None
    """From how many US dollars above the usual on an anomaly of the project's costs is told; none by default."""
    anomaly_monitor: MonitorArn | None = None
    """A monitor of cost anomalies that is there already; one is made by default."""

    @model_validator(mode="after")
    def _told_of(self) -> Budget:
        if self.anomaly_monitor is not None and self.anomaly_usd is None:
            raise wrong("`anomaly_monitor` needs `anomaly_usd`.", "Such as `anomaly_usd: 50`.")
        return self
