"""What the part `serving` consists of beside a real-time endpoint; imported only for the other kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from mlstack_components.aws.endpoint_asynchronous import AsynchronousArgs
from mlstack_components.aws.endpoint_serverless import ServerlessArgs
from mlstack_components.aws.names import VARIANT_NAME

if TYPE_CHECKING:
    from mlstack_components.aws.endpoint import Endpoint

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import Serving


def asynchronous_args(serving: Serving, environment: Environment) -> AsynchronousArgs:
    """Return where the answers of an asynchronous endpoint go, and who is told of them.

    Args:
        serving: The specification's part.
        environment: The environment.
    """
    from mlstack_stacks.spec.asynchronous import Asynchronous

    group = serving.asynchronous or Asynchronous()
    topic = environment.told_topic_arn
    return AsynchronousArgs(
        bucket=environment.store.data_bucket,
        encryption_key_arn=environment.key.arn,
        max_concurrent_calls=group.max_concurrent_calls,
        success_topic_arn=topic if group.notify == "everything" else None,
        error_topic_arn=topic,
    )


def serverless_args(serving: Serving) -> ServerlessArgs:
    """Return how large a serverless endpoint is.

    Args:
        serving: The specification's part.
    """
    from mlstack_stacks.spec.serverless import Serverless

    group = serving.serverless or Serverless()
    return ServerlessArgs(
        memory_mb=group.memory_mb,
        max_concurrency=group.max_concurrency,
        provisioned_concurrency=group.provisioned_concurrency,
    )


def scale_by_backlog(serving: Serving, most: int, endpoint: Endpoint, environment: Environment) -> None:
    """Declares the scaling of an asynchronous endpoint, below the endpoint.

    Args:
        serving: The specification's part.
        most: The largest number of instances.
        endpoint: The endpoint.
        environment: The environment.
    """
    from mlstack_components.aws.endpoint_backlog_scaling import EndpointBacklogScaling, EndpointBacklogScalingArgs

    from mlstack_stacks.spec import Scaling
    from mlstack_stacks.spec.asynchronous import Asynchronous

    scaling, group = serving.scaling or Scaling(), serving.asynchronous or Asynchronous()
    EndpointBacklogScaling(
        environment.prefix,
        EndpointBacklogScalingArgs(
            endpoint_name=endpoint.endpoint_name.apply(str),
            variant_name=VARIANT_NAME,
            min_instances=serving.instances.min,
            max_instances=most,
            backlog_per_instance=group.backlog_per_instance,
            scale_in_cooldown_seconds=scaling.scale_in_cooldown_seconds,
            scale_out_cooldown_seconds=scaling.scale_out_cooldown_seconds,
            tags=environment.tags,
        ),
        pulumi.ResourceOptions(parent=endpoint),
    )
