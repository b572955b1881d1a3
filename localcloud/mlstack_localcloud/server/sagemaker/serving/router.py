"""The way of a call: from an endpoint's name to a process that serves it, also while the processes are exchanged.

A route leads to one fleet, and during an update to two: `shift` sends a share of the later calls to the coming fleet,
in one step; `settle` makes it the only one, `restore` forgets it. Calls that began go on with the fleet that they have,
which is ended when the last one was answered. So no call fails.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_localcloud.server.sagemaker.serving.deployment import Deployment
    from mlstack_localcloud.server.sagemaker.serving.fleet import Fleet
    from mlstack_localcloud.server.sagemaker.serving.model_process import ModelProcess

_SECONDS_TO_DRAIN = 70.0  # A call takes 60 seconds at most.
_SECONDS_TO_WAIT = 50.0


class NoRouteError(Exception):
    """There is no such endpoint, or it is not in service."""


class NotReadyError(Exception):
    """The endpoint is there, but none of its processes became ready in time."""


class ThrottledError(Exception):
    """A serverless endpoint works on as many calls as it may."""


@dataclass
class _Route:
    fleet: Fleet | None = None
    coming: Fleet | None = None
    share: float = 0.0
    calls: int = 0

    def fleets(self) -> list[Fleet]:
        return [fleet for fleet in (self.fleet, self.coming) if fleet is not None]

    def most_calls(self) -> int | None:
        """How many calls it may work on at once; None where nothing limits them."""
        limits = [fleet.deployment.most_calls for fleet in self.fleets()]
        return limits[0] if limits else None

    def drawn(self, variant: str | None) -> Fleet | None:
        """The fleet for a call; one that has the variant that the call is for, if there is one."""
        first, second = self.fleet, self.coming
        if second is not None and random.random() < self.share:  # noqa: S311 - no secret
            first, second = second, first
        if variant is not None and first is not None and second is not None and not first.has(variant):
            return second
        return first or second


class Router:
    """Routes by the ARN of endpoints."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._routes: dict[str, _Route] = {}
        self._closed = False

    def expect(self, arn: str) -> None:
        """Let calls for an endpoint wait: its fleet is about to serve, as after a restart of the daemon."""
        with self._changed:
            self._routes.setdefault(arn, _Route())

    def shift(self, arn: str, fleet: Fleet, share: float) -> None:
        """Send a share of all later calls to a coming fleet."""
        with self._changed:
            route = self._routes.setdefault(arn, _Route())
            route.coming, route.share = fleet, share
            self._changed.notify_all()

    def settle(self, arn: str) -> Fleet | None:
        """Send all later calls to the coming fleet; return the one that served before, to be drained."""
        with self._changed:
            route = self._routes[arn]
            before = route.fleet
            self._routes[arn] = _Route(route.coming, calls=route.calls)
            self._changed.notify_all()
        return before

    def restore(self, arn: str) -> Fleet | None:
        """Send all later calls to the fleet that served before; return the coming one, to be drained."""
        with self._changed:
            route = self._routes[arn]
            coming = route.coming
            self._routes[arn] = _Route(route.fleet, calls=route.calls)
            self._changed.notify_all()
        return coming

    def remove(self, arn: str) -> Fleet | None:
        """Refuse all later calls; return the fleet that served, to be drained."""
        with self._changed:
            self._changed.notify_all()
            route = self._routes.pop(arn, None)
        return None if route is None else route.fleet

    def fleets(self) -> list[Fleet]:
        """Return all fleets that serve."""
        with self._changed:
            return [fleet for route in self._routes.values() for fleet in route.fleets()]

    def routes(self) -> list[tuple[str, Fleet]]:
        """Return all fleets that serve, each with the ARN of its endpoint; during an update that has two."""
        with self._changed:
            return [(arn, fleet) for arn, route in self._routes.items() for fleet in route.fleets()]

    def deployment(self, arn: str) -> Deployment | None:
        """Return what serves an endpoint; None where nothing does yet, or any more."""
        with self._changed:
            route = self._routes.get(arn)
            fleets = [] if route is None else route.fleets()
        return fleets[0].deployment if fleets else None

    def drain(self, fleet: Fleet, seconds: float = _SECONDS_TO_DRAIN) -> None:
        """Wait until the calls that a fleet works on were answered, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: fleet.in_flight() == 0, seconds)

    def close(self) -> None:
        """Answer every later call that the service is not available, which clients take as a reason to try again."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @contextmanager
    def admitted(self, arn: str) -> Iterator[None]:
        """Count a call from its arrival to its answer, a cold start included.

        Raises:
            ThrottledError: The endpoint is serverless and has as many as it may.
        """
        with self._changed:
            route = self._routes.get(arn)
            most = None if route is None else route.most_calls()
            if route is not None and most is not None and route.calls >= most:
                raise ThrottledError(arn)
            if route is not None:
                route.calls += 1
        try:
            yield
        finally:
            with self._changed:
                # An update puts another route in its place and takes the number along.
                left = self._routes.get(arn)
                if route is not None and left is not None:
                    left.calls = max(0, left.calls - 1)

    @contextmanager
    def process(
        self, arn: str, variant: str | None, seconds: float = _SECONDS_TO_WAIT
    ) -> Iterator[tuple[Fleet, str, ModelProcess]]:
        """Hold a process for one call.

        Args:
            arn: The endpoint.
            variant: The variant that the call is for; None lets the weights decide.
            seconds: How long to wait for a process that is ready.

        Yields:
            The fleet, the variant's name and the process.

        Raises:
            NoRouteError: There is no such endpoint.
            NotReadyError: None of its processes became ready in time.
            LookupError: There is no such variant.
        """
        with self._changed:
            fleet, name, process = self._chosen(arn, variant, seconds)
            process.in_flight += 1
        try:
            yield fleet, name, process
        finally:
            with self._changed:
                process.in_flight -= 1
                if process.in_flight == 0:
                    self._changed.notify_all()

    def _chosen(self, arn: str, variant: str | None, seconds: float) -> tuple[Fleet, str, ModelProcess]:
        deadline = time.monotonic() + seconds
        while True:
            if self._closed:
                raise NotReadyError(arn)
            if arn not in self._routes:
                raise NoRouteError(arn)
            fleet = self._routes[arn].drawn(variant)
            chosen = fleet.choose(variant) if fleet is not None else None
            if fleet is not None and chosen is not None:
                return fleet, *chosen
            if time.monotonic() > deadline:
                raise NotReadyError(arn)
            # A process that comes back says nothing: look again now and then.
            self._changed.wait(0.1)
