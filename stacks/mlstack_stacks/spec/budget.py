"""The part `budget` of mlstack.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import once_each

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
