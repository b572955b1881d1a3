"""Bringing a deployment to its endpoint and taking it away, step by step.

Stages of an update: the new fleet is started beside the old one; when all of it serves, the router sends every later
call to it; the old fleet answers what it has and is ended. When the new fleet cannot serve, nothing changes for
callers. The downside: for a while the machine carries both.
"""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.serving.fleet import Fleet
from mlstack_localcloud.server.sagemaker.serving.preparation import PreparationError
from mlstack_localcloud.server.sagemaker.serving.router import Router

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.serving.deployment import Deployment

_SECONDS_TO_DRAIN_AT_THE_END = 2.0


class RolloutError(Exception):
    """A deployment cannot serve; the message is the endpoint's FailureReason."""


class ClosingError(Exception):
    """The daemon ends: nothing is to be recorded."""


class Rollouts:
    """The fleets of all endpoints.

    Args:
        directory: Where the deployments' directories are.
        workshop: What fleets are made with.

    Attributes:
        router: The way of calls.
    """

    def __init__(self, directory: Path, workshop: Workshop) -> None:
        self.router = Router()
        self._directory = directory
        self._workshop = workshop
        self._lock = threading.Lock()
        self._starting: set[Fleet] = set()
        self._closing = False

    def deploy(self, arn: str, deployment: Deployment, then: Callable[[], None] = lambda: None) -> None:
        """Let a deployment serve an endpoint, in place of the one that serves now if there is one.

        Args:
            arn: The endpoint.
            deployment: What shall serve.
            then: Called as soon as it serves, before the one before is ended: from here on a restart of the daemon has
                to start this deployment.

        Raises:
            RolloutError: It cannot serve; what served before goes on.
        """
        name, region = arns.name_of(arn, arns.ENDPOINT), arns.region_of(arn)
        fleet = Fleet(name, region, deployment, self._root(arn, deployment.identifier), self._workshop)
        with self._lock:
            if self._closing:
                raise ClosingError
            self._starting.add(fleet)
        try:
            fleet.start()
        except PreparationError as error:
            # A fleet that was ended because the daemon ends has not failed: the next start takes it up again.
            raise ClosingError if self._closing else RolloutError(str(error)) from error
        finally:
            with self._lock:
                self._starting.discard(fleet)
        before = self.router.exchange(arn, fleet)
        then()
        if before is not None:
            self._end(before)

    def withdraw(self, arn: str) -> None:
        """Take an endpoint out of service, after the calls that it works on, and remove what it kept on disk."""
        fleet = self.router.remove(arn)
        if fleet is not None:
            self._end(fleet)
        shutil.rmtree(self._endpoint_root(arn), ignore_errors=True)

    def discard(self, arn: str, deployment: Deployment) -> None:
        """Remove what a deployment that does not serve left on disk."""
        shutil.rmtree(self._root(arn, deployment.identifier), ignore_errors=True)

    def sweep(self, kept: set[tuple[str, str]]) -> None:
        """Remove what deployments left on disk that a daemon that was killed could not end.

        Args:
            kept: ARN and deployment of what is still in use.
        """
        roots = {self._root(arn, identifier) for arn, identifier in kept}
        for root in self._directory.glob("*/*/*"):
            if root not in roots:
                shutil.rmtree(root, ignore_errors=True)

    def close(self) -> None:
        """End all processes; their directories stay for the next start."""
        with self._lock:
            self._closing = True
            fleets = {*self._starting, *self.router.fleets()}
        self.router.close()
        for fleet in fleets:
            self.router.drain(fleet, _SECONDS_TO_DRAIN_AT_THE_END)
            fleet.close()

    def _endpoint_root(self, arn: str) -> Path:
        return self._directory / arns.region_of(arn) / arns.name_of(arn, arns.ENDPOINT)

    def _root(self, arn: str, deployment: str) -> Path:
        return self._endpoint_root(arn) / deployment

    def _end(self, fleet: Fleet) -> None:
        self.router.drain(fleet)
        fleet.close(remove=True)
