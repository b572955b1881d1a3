"""The group `serving.asynchronous` of mlstack.yaml: calls that wait in a queue."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlstack_stacks.spec.base import SpecModel


class Asynchronous(SpecModel):
    """How calls that wait in a queue are worked off. Their inputs and answers lie in the data bucket."""

    max_concurrent_calls: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many calls each machine works on at once; the cloud chooses by default."""
    backlog_per_instance: Annotated[int, Field(ge=1, le=1_000_000)] = 5
    """How many calls may wait for each machine before more are started, up to `instances.max`."""
    notify: Literal["failures", "everything", "nothing"] = "failures"
    """Of what the recipients of `notifications` are told, where there are any: calls that failed, or all of them."""
