"""The part `tracking`: where runs of training are recorded with their parameters, metrics and artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from mlstack_stacks.spec.base import SpecModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec


class TrackingServer(SpecModel):
    """A server that experiments are tracked with, for all who have access to it."""

    size: Literal["small", "medium", "large"] = "small"
    """How much it is made for: about 25, 50 or 100 people at once."""


class Tracking(SpecModel):
    """Where runs of training are recorded, with MLflow; what scripts don't record nobody does."""

    server: Literal["own", "platform"] = "own"
    """Whether the project has a server of its own, or records on that of its `platform`."""
    size: Literal["small", "medium", "large"] = "small"
    """How much a server of its own is made for: about 25, 50 or 100 people at once."""
    experiment: Annotated[str, Field(min_length=1, max_length=250)] | None = None
    """The experiment that runs belong to; the project's name where none is given."""


def tracking_contradictions(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """What the tracking of experiments contradicts.

    Args:
        spec: The specification.

    Yields:
        The key, what is wrong, and what to do.
    """
    if spec.tracking is not None and spec.tracking.server == "platform" and spec.platform is None:
        yield (
            "tracking.server",
            "names the platform's server, and this environment has no platform.",
            "Add `platform: {stack: ...}`, or write `server: own`.",
        )
