"""What is scaled of an endpoint: the number of a production variant's instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from mlstack_components.aws.endpoint_backlog_scaling import EndpointBacklogScalingArgs
    from mlstack_components.aws.endpoint_scaling import EndpointScalingArgs

_NAMESPACE = "sagemaker"
_DIMENSION = "sagemaker:variant:DesiredInstanceCount"


def scalable_target(
    name: str, args: EndpointScalingArgs | EndpointBacklogScalingArgs, options: pulumi.ResourceOptions
) -> aws.appautoscaling.Target:
    """Declare the scalable target of an endpoint's variant.

    Args:
        name: The component's name.
        args: The component's arguments.
        options: The target's options, with its parent.
    """
    return aws.appautoscaling.Target(
        f"{name}-scaling",
        aws.appautoscaling.TargetArgs(
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=pulumi.Output.concat("endpoint/", args.endpoint_name, "/variant/", args.variant_name),
            min_capacity=args.min_instances,
            max_capacity=args.max_instances,
            tags=args.tags,
        ),
        options,
    )
