"""How the traffic of an endpoint goes from one fleet to the next: SageMaker's DeploymentConfig as a plan.

Sources: TrafficRoutingConfig, BlueGreenUpdatePolicy and AutoRollbackConfig in SageMaker's API reference, and
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html: after each step the new fleet
bakes; an alarm that trips meanwhile brings all traffic back to the old fleet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.unsupported import unsupported

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

# Of the variant's total instance count.
_LARGEST_STEP = 0.5
_SMALLEST_LINEAR_STEP = 0.1
_LONGEST_SECONDS = 28_800.0
_SIZES = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}


@dataclass(frozen=True)
class TrafficPlan:
    """The steps of an update.

    Attributes:
        shares: The new fleet's share of the calls after each step, ascending to 1.
        bake_seconds: How long it bakes after each step.
        termination_seconds: How long the old fleet stays after the last step's baking.
        alarms: The CloudWatch alarms of which any that is in ALARM brings the old fleet back.
        timeout_seconds: After this the update is rolled back.
    """

    shares: tuple[float, ...] = (1.0,)
    bake_seconds: float = 0.0
    termination_seconds: float = 0.0
    alarms: tuple[str, ...] = ()
    timeout_seconds: float = _LONGEST_SECONDS

    @classmethod
    def of(cls, config: Document | None, instances: int) -> TrafficPlan:
        """Return the plan of a DeploymentConfig.

        Args:
            config: The DeploymentConfig; None shifts everything at once.
            instances: How many instances the new fleet's smallest variant has.

        Raises:
            ServiceError: A step's size is missing or not allowed, or the local cloud has no such update.
        """
        if not config:
            return cls()
        if config.get("RollingUpdatePolicy"):
            raise unsupported("RollingUpdatePolicy")
        policy = config.get("BlueGreenUpdatePolicy", {})
        routing = policy.get("TrafficRoutingConfiguration", {})
        alarms = config.get("AutoRollbackConfiguration", {}).get("Alarms", [])
        return cls(
            shares=_shares(routing, instances),
            bake_seconds=float(routing.get("WaitIntervalInSeconds", 0)),
            termination_seconds=float(policy.get("TerminationWaitInSeconds", 0)),
            alarms=tuple(alarm["AlarmName"] for alarm in alarms if "AlarmName" in alarm),
            timeout_seconds=float(policy.get("MaximumExecutionTimeoutInSeconds", _LONGEST_SECONDS)),
        )


def _shares(routing: Document, instances: int) -> tuple[float, ...]:
    kind = routing.get("Type", "ALL_AT_ONCE")
    if kind == "ALL_AT_ONCE":
        return (1.0,)
    size = _size(routing, kind, instances)
    if kind == "CANARY":
        return (size, 1.0)
    steps = math.ceil(round(1 / size, 6))
    return tuple(min(1.0, round(size * step, 6)) for step in range(1, steps + 1))


def _size(routing: Document, kind: str, instances: int) -> float:
    member = _SIZES[kind]
    given = routing.get(member)
    if given is None:
        raise validation_error(f"{member} is required for traffic routing of type {kind}.")
    size = given["Value"] / (100 if given["Type"] == "CAPACITY_PERCENT" else instances)
    # Traffic is turned on by whole instances: of a single one nothing less than all can be.
    if size > _LARGEST_STEP or instances < 2:  # noqa: PLR2004 - two halves
        raise validation_error(
            f"{member} must be at most 50% of the variant's total instance count, which is {instances}."
        )
    if kind == "LINEAR" and size < _SMALLEST_LINEAR_STEP:
        raise validation_error(f"{member} must be at least 10% of the variant's total instance count.")
    return float(size)
