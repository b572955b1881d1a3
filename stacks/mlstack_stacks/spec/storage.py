"""The part `storage` of mlstack.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import Region  # noqa: TC001 - pydantic reads the annotation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec

Days = Annotated[int, Field(ge=1, le=3650)]


class Storage(SpecModel):
    """How the buckets of data and artifacts keep what is in them."""

    expire_noncurrent_days: Days = 90
    """After how many days a replaced or deleted version of an object goes."""
    archive_after_days: Days | None = None
    """After how many days an object moves to a cheaper class, of which reading costs more; `null` for never."""
    replicate_to: Region | None = None
    """The region where each new object is copied to; `null` for none."""


def replicas_nowhere(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """The problems of a region that can't hold the copies: the environment's own, or one of another partition."""
    region = None if spec.storage is None else spec.storage.replicate_to
    if region is None:
        return
    if region == spec.region:
        yield "storage.replicate_to", f"{region} is the region of `{spec.environment}` itself.", "Name another one."
    elif _partition(region) != _partition(spec.region):
        message = f"S3 copies nothing from {spec.region} to {region}: they are of different partitions."
        yield "storage.replicate_to", message, "Name a region of the same partition."


def _partition(region: str) -> str:
    from mlstack_components.aws.placement import Placement

    return Placement("", region).partition
