"""From the specification's part `serving` to the arguments of the components that serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from mlstack_components.aws.endpoint import VARIANT_NAME, Endpoint
from mlstack_components.aws.endpoint_capture import CaptureArgs
from mlstack_components.aws.endpoint_rollout import RolloutArgs

if TYPE_CHECKING:
    from mlstack_components.aws.endpoint_scaling import CapacitySchedule

    from mlstack_stacks.spec import Rollout, Scaling, Serving


def capture_args(
    serving: Serving, bucket: pulumi.Input[str], encryption_key_arn: pulumi.Input[str]
) -> CaptureArgs | None:
    """What the endpoint keeps of its calls; None where nothing is to be kept.

    Args:
        serving: The specification's part.
        bucket: The data bucket.
        encryption_key_arn: The environment's key.
    """
    if not serving.capture_percent:
        return None
    return CaptureArgs(percent=serving.capture_percent, bucket=bucket, encryption_key_arn=encryption_key_arn)


def rollout_args(rollout: Rollout) -> RolloutArgs | None:
    """How calls go over to a new model; None where they do so all at once and nothing is watched.

    Args:
        rollout: The specification's part.
    """
    if rollout.kind == "all_at_once" and not rollout.rollback_alarms:
        return None
    return RolloutArgs(
        kind=rollout.kind,
        step_percent=rollout.step_percent,
        wait_seconds=rollout.wait_minutes * 60,
        rollback_alarms=rollout.rollback_alarms,
    )


def scale(name: str, serving: Serving, endpoint: Endpoint, tags: dict[str, str]) -> None:
    """Declares the scaling of an endpoint, as far as its number of instances is to follow the load.

    It belongs to the endpoint's component, so that a release brings it up with the endpoint and may change it.

    Args:
        name: The component's name.
        serving: The specification's part.
        endpoint: The endpoint, of a released version.
        tags: The tags.
    """
    most = serving.instances.max
    if most is None or not serving.instances.scale:
        return
    from mlstack_components.aws.endpoint_scaling import EndpointScaling, EndpointScalingArgs

    from mlstack_stacks.spec import Scaling

    scaling = serving.scaling or Scaling()
    EndpointScaling(
        name,
        EndpointScalingArgs(
            endpoint_name=endpoint.endpoint_name.apply(str),
            variant_name=VARIANT_NAME,
            min_instances=serving.instances.min,
            max_instances=most,
            invocations_per_instance=scaling.invocations_per_instance,
            scale_in_cooldown_seconds=scaling.scale_in_cooldown_seconds,
            scale_out_cooldown_seconds=scaling.scale_out_cooldown_seconds,
            schedules=_schedules(scaling),
            tags=tags,
        ),
        pulumi.ResourceOptions(parent=endpoint),
    )


def _schedules(scaling: Scaling) -> list[CapacitySchedule]:
    from mlstack_components.aws.endpoint_scaling import CapacitySchedule

    return [
        CapacitySchedule(cron=each.cron, at=each.at, min_instances=each.min, max_instances=each.max)
        for each in scaling.schedules
    ]
