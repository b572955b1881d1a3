"""The part `tracking`: the server that runs are recorded on, the project's own or the platform's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
from mlstack_components.aws.tracking_access import TrackingAccess

if TYPE_CHECKING:
    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec.tracking import Tracking


def declare(tracking: Tracking, environment: Environment) -> dict[str, Any]:
    """Declares the server, and lets the training that is declared after it record on it.

    Args:
        tracking: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    experiment = tracking.experiment or environment.spec.name
    outputs: dict[str, Any] = {"tracking_experiment": experiment}
    if tracking.server == "platform":
        shared = environment.platform_tracking
        if shared is None:  # The specification has a platform, which is declared before.
            raise AssertionError
        environment.tracking = shared.apply(
            lambda server: TrackingAccess(server["arn"], experiment, server["bucket_arn"], server["key_arn"])
        )
        return {**outputs, "tracking_server_arn": shared.apply(lambda server: server["arn"])}
    return {**outputs, "tracking_server_arn": _own(tracking, environment, experiment)}


def _own(tracking: Tracking, environment: Environment, experiment: str) -> pulumi.Output[str]:
    from mlstack_components.aws.experiment_tracking import ExperimentTracking, ExperimentTrackingArgs

    from mlstack_stacks.composition.tracking_sizes import SIZES

    made = ExperimentTracking(
        environment.prefix,
        ExperimentTrackingArgs(
            placement=environment.placement,
            server_name=environment.names.tracking_server,
            encryption_key_arn=environment.key.arn,
            bucket=environment.store.artifact_bucket,
            size=SIZES[tracking.size],
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
        ),
        environment.options,
    )
    environment.tracking = pulumi.Output.all(made.server_arn, made.bucket_arn, environment.key.arn).apply(
        lambda known: TrackingAccess(known[0], experiment, known[1], known[2])
    )
    return made.server_arn
