"""How an endpoint's calls go over to a new model: SageMaker's deployment guardrails.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html: a second fleet is started beside
the first; after each step the new one is watched, and an alarm brings the first one back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pulumi_aws as aws

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pulumi

    _Routing = aws.sagemaker.EndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfigurationArgs

_SECONDS_TO_START = 3600
_SHORTEST_TIMEOUT, _LONGEST_TIMEOUT = 600, 28_800
"""BlueGreenUpdatePolicy, MaximumExecutionTimeoutInSeconds, in SageMaker's API reference."""


@dataclass(frozen=True, kw_only=True)
class RolloutArgs:
    """How calls go over to a new model."""

    kind: Literal["all_at_once", "canary", "linear"]
    """All at once; a small share first and then all; or in equal steps."""
    step_percent: int = 10
    """The share of a canary (1 to 50), or of each linear step (10 to 50), in percent of the instances."""
    wait_seconds: int = 180
    """How long the new fleet is watched after each step, 0 to 3600 seconds."""
    rollback_alarms: Sequence[pulumi.Input[str]] = ()
    """The names of up to ten CloudWatch alarms; one that goes off while it is watched brings the first fleet back."""


def deployment_config(args: RolloutArgs) -> aws.sagemaker.EndpointDeploymentConfigArgs:
    """Return the deployment configuration of an endpoint.

    Args:
        args: How calls go over.
    """
    steps = {"all_at_once": 1, "canary": 2, "linear": -(-100 // args.step_percent)}[args.kind]
    timeout = steps * args.wait_seconds + _SECONDS_TO_START
    alarm = aws.sagemaker.EndpointDeploymentConfigAutoRollbackConfigurationAlarmArgs
    return aws.sagemaker.EndpointDeploymentConfigArgs(
        blue_green_update_policy=aws.sagemaker.EndpointDeploymentConfigBlueGreenUpdatePolicyArgs(
            traffic_routing_configuration=_routing(args),
            maximum_execution_timeout_in_seconds=min(max(timeout, _SHORTEST_TIMEOUT), _LONGEST_TIMEOUT),
        ),
        auto_rollback_configuration=aws.sagemaker.EndpointDeploymentConfigAutoRollbackConfigurationArgs(
            alarms=[alarm(alarm_name=name) for name in args.rollback_alarms]
        )
        if args.rollback_alarms
        else None,
    )


def _routing(args: RolloutArgs) -> _Routing:
    prefix = aws.sagemaker
    routing = prefix.EndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfigurationArgs
    canary = prefix.EndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfigurationCanarySizeArgs
    linear = prefix.EndpointDeploymentConfigBlueGreenUpdatePolicyTrafficRoutingConfigurationLinearStepSizeArgs
    percent, wait = args.step_percent, args.wait_seconds
    match args.kind:
        case "canary":
            size = canary(type="CAPACITY_PERCENT", value=percent)
            return routing(type="CANARY", wait_interval_in_seconds=wait, canary_size=size)
        case "linear":
            step = linear(type="CAPACITY_PERCENT", value=percent)
            return routing(type="LINEAR", wait_interval_in_seconds=wait, linear_step_size=step)
        case _:
            return routing(type="ALL_AT_ONCE", wait_interval_in_seconds=wait)
