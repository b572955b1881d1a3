"""How the objects of an input are dealt out to the hosts of a job."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """A part of the objects of an input, as `ShardedByS3Key` deals them out.

    Attributes:
        host: The number of the host, from 0.
        hosts: How many hosts there are.
    """

    host: int
    hosts: int

    def has(self, place: int) -> bool:
        """Tell whether the object at a place among all is in this share."""
        return place % self.hosts == self.host


WHOLE = Share(0, 1)
