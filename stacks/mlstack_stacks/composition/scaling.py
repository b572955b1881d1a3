"""The scaling of a variant of an endpoint by its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from mlstack_components.aws.endpoint_scaling import CapacitySchedule, EndpointScaling, EndpointScalingArgs

from mlstack_stacks.spec.scaling import Scaling

if TYPE_CHECKING:
    from mlstack_components.aws.endpoint import Endpoint

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec.scaling import Instances


def scale_variant(  # noqa: PLR0917 - what there is of a variant
    name: str,
    variant: str,
    instances: Instances,
    given: Scaling | None,
    endpoint: Endpoint,
    environment: Environment,
) -> None:
    """Declares the scaling of a variant.

    Args:
        name: The component's name.
        variant: The variant's name in the cloud.
        instances: The range of its instances, with a `max`.
        given: When it is scaled; None for the defaults.
        endpoint: The endpoint.
        environment: The environment.
    """
    scaling = given or Scaling()
    EndpointScaling(
        name,
        EndpointScalingArgs(
            endpoint_name=endpoint.endpoint_name.apply(str),
            variant_name=variant,
            min_instances=instances.min,
            max_instances=instances.max or instances.min,
            invocations_per_instance=scaling.invocations_per_instance,
            scale_in_cooldown_seconds=scaling.scale_in_cooldown_seconds,
            scale_out_cooldown_seconds=scaling.scale_out_cooldown_seconds,
            schedules=_schedules(scaling),
            tags=environment.tags,
        ),
        pulumi.ResourceOptions(parent=endpoint),
    )


def _schedules(scaling: Scaling) -> list[CapacitySchedule]:
    return [
        CapacitySchedule(cron=each.cron, at=each.at, min_instances=each.min, max_instances=each.max)
        for each in scaling.schedules
    ]
