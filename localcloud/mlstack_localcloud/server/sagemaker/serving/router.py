"""The way of a call: from an endpoint's name to a process that serves it, also while the processes are exchanged.

A route leads to one fleet at a time. `exchange` puts another one in its place in one step: calls that began go on with
the old fleet, which is ended when the last one was answered, and every later call goes to the new one. So no call
fails.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_localcloud.server.sagemaker.serving.fleet import Fleet
    from mlstack_localcloud.server.sagemaker.serving.model_process import ModelProcess

_SECONDS_TO_DRAIN = 70.0  # A call takes 60 seconds at most.
_SECONDS_TO_WAIT = 50.0


class NoRouteError(Exception):
    """There is no such endpoint, or it is not in service."""


class NotReadyError(Exception):
    """The endpoint is there, but none of its processes became ready in time."""


class Router:
    """Routes by the ARN of endpoints."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._routes: dict[str, Fleet | None] = {}
        self._closed = False

    def expect(self, arn: str) -> None:
        """Let calls for an endpoint wait: its fleet is about to serve, as after a restart of the daemon."""
        with self._changed:
            self._routes.setdefault(arn, None)

    def exchange(self, arn: str, fleet: Fleet) -> Fleet | None:
        """Send all later calls to a fleet; return the one that served before, to be drained."""
        with self._changed:
            before = self._routes.get(arn)
            self._routes[arn] = fleet
            self._changed.notify_all()
        return before

    def remove(self, arn: str) -> Fleet | None:
        """Refuse all later calls; return the fleet that served, to be drained."""
        with self._changed:
            self._changed.notify_all()
            return self._routes.pop(arn, None)

    def fleets(self) -> list[Fleet]:
        """Return all fleets that serve."""
        with self._changed:
            return [fleet for fleet in self._routes.values() if fleet is not None]

    def routes(self) -> list[tuple[str, Fleet]]:
        """Return the ARNs of all endpoints that serve, with their fleets."""
        with self._changed:
            return [(arn, fleet) for arn, fleet in self._routes.items() if fleet is not None]

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
    def process(self, arn: str, variant: str | None) -> Iterator[tuple[str, ModelProcess]]:
        """Hold a process for one call.

        Args:
            arn: The endpoint.
            variant: The variant that the call is for; None lets the weights decide.

        Yields:
            The variant's name and the process.

        Raises:
            NoRouteError: There is no such endpoint.
            NotReadyError: None of its processes became ready in time.
            LookupError: There is no such variant.
        """
        with self._changed:
            name, process = self._chosen(arn, variant)
            process.in_flight += 1
        try:
            yield name, process
        finally:
            with self._changed:
                process.in_flight -= 1
                if process.in_flight == 0:
                    self._changed.notify_all()

    def _chosen(self, arn: str, variant: str | None) -> tuple[str, ModelProcess]:
        deadline = time.monotonic() + _SECONDS_TO_WAIT
        while True:
            if self._closed:
                raise NotReadyError(arn)
            if arn not in self._routes:
                raise NoRouteError(arn)
            fleet = self._routes[arn]
            chosen = fleet.choose(variant) if fleet is not None else None
            if chosen is not None:
                return chosen
            if time.monotonic() > deadline:
                raise NotReadyError(arn)
            # A process that comes back says nothing: look again now and then.
            self._changed.wait(0.1)
