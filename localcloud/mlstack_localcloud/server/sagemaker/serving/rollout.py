"""Bringing a deployment to its endpoint and taking it away, step by step.

Stages of an update: the new fleet is started beside the old one; when all of it serves, the router sends it a share of
the later calls, step by step as the traffic plan says, and it bakes after each step; then the old fleet answers what it
has and is ended. When the new fleet cannot serve, or an alarm trips while it bakes, all calls go to the old one. The
downside: for a while the machine carries both. Waits are real seconds, those of the request.
"""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING

from mlstack_localcloud.server.alarms.tripped import tripped_alarms
from mlstack_localcloud.server.authorization.sources import account_of
from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.serving.fleet import Fleet
from mlstack_localcloud.server.sagemaker.serving.preparation import PreparationError
from mlstack_localcloud.server.sagemaker.serving.router import Router
from mlstack_localcloud.server.sagemaker.serving.traffic import TrafficPlan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.serving.deployment import Deployment

    # Told of each stage of an update: SageMaker's VariantStatus and the new fleet's share of the calls.
    Progress = Callable[[str, float], None]

_SECONDS_TO_DRAIN_AT_THE_END = 2.0
_SECONDS_BETWEEN_LOOKS = 0.25
_AT_ONCE = TrafficPlan()


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
        self._closing = threading.Event()

    def deploy(
        self,
        arn: str,
        deployment: Deployment,
        plan: TrafficPlan = _AT_ONCE,
        then: Callable[[], None] = lambda: None,
        progress: Progress = lambda _stage, _share: None,
    ) -> None:
        """Let a deployment serve an endpoint, in place of the one that serves now if there is one.

        Args:
            arn: The endpoint.
            deployment: What shall serve.
            plan: How the calls go over to it.
            then: Called as soon as it serves alone, before the one before is ended: from here on a restart of the
                daemon has to start this deployment.
            progress: Told of each stage.

        Raises:
            RolloutError: It cannot serve, or an alarm tripped; what served before goes on.
        """
        fleet = self._new_fleet(arn, deployment)
        try:
            progress("Creating", 0.0)
            self._start(fleet)
            self._shift(arn, fleet, plan, progress)
        finally:
            with self._lock:
                self._starting.discard(fleet)
        before = self.router.settle(arn)
        then()
        if before is not None:
            self._end(before)

    def _new_fleet(self, arn: str, deployment: Deployment) -> Fleet:
        name, region = arns.name_of(arn, arns.ENDPOINT), arns.region_of(arn)
        fleet = Fleet(name, region, deployment, self._root(arn, deployment.identifier), self._workshop)
        with self._lock:
            if self._closing.is_set():
                raise ClosingError
            self._starting.add(fleet)
        return fleet

    def _start(self, fleet: Fleet) -> None:
        try:
            fleet.start()
        except PreparationError as error:
            # A fleet that was ended because the daemon ends has not failed: the next start takes it up again.
            raise ClosingError if self._closing.is_set() else RolloutError(str(error)) from error

    def _shift(self, arn: str, fleet: Fleet, plan: TrafficPlan, progress: Progress) -> None:
        deadline = time.monotonic() + plan.timeout_seconds
        try:
            for share in plan.shares:
                self.router.shift(arn, fleet, share)
                progress("Baking", share)
                self._bake(arn, plan, deadline)
        except RolloutError:
            self.router.restore(arn)
            self._end(fleet)
            raise
        progress("ActivatingTraffic", 1.0)
        if self._closing.wait(plan.termination_seconds):
            raise ClosingError

    def _bake(self, arn: str, plan: TrafficPlan, deadline: float) -> None:
        began, end = time.time(), time.monotonic() + plan.bake_seconds
        while True:
            _heed_alarms(plan.alarms, arn, began)
            now = time.monotonic()
            if now >= end:
                return
            if now > deadline:
                raise RolloutError(
                    f"The deployment took longer than its maximum execution timeout of {plan.timeout_seconds:.0f} "
                    "seconds and was rolled back."
                )
            if self._closing.wait(min(_SECONDS_BETWEEN_LOOKS, end - now)):
                raise ClosingError

    def refuse_other_types(self, arn: str, before: Deployment, after: Deployment) -> None:
        """Refuse an update that gives a variant that is scaled another instance type.

        https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html

        Raises:
            ServiceError: The update does.
        """
        types = {variant.name: variant.instance_type for variant in after.variants}
        known = [each for each in before.variants if each.instance_type]
        changed = {each.name for each in known if types.get(each.name, each.instance_type) != each.instance_type}
        if not changed:
            return
        scaled = changed & self._workshop.scaled_variants(arns.name_of(arn, arns.ENDPOINT), arns.region_of(arn))
        if scaled:
            raise validation_error(
                f"The variants {', '.join(sorted(scaled))} are registered for automatic scaling, so their instance "
                "types cannot be changed. Call DeregisterScalableTarget first."
            )

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
            self._closing.set()
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


def _heed_alarms(names: tuple[str, ...], arn: str, since: float) -> None:
    if tripped := tripped_alarms(names, account_of(arn), arns.region_of(arn), since):
        raise RolloutError(
            f"CloudWatch alarms went into the ALARM state while the new fleet was baking: {', '.join(tripped)}. "
            "The deployment was rolled back."
        )
