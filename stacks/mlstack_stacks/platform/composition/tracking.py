"""The part `tracking`: a server that all projects of the account may record their runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.experiment_tracking import ExperimentTracking, ExperimentTrackingArgs

from mlstack_stacks.composition.tracking_sizes import SIZES

if TYPE_CHECKING:
    from mlstack_stacks.platform.composition.environment import PlatformEnvironment
    from mlstack_stacks.spec.tracking import TrackingServer


def declare(tracking: TrackingServer, environment: PlatformEnvironment) -> dict[str, Any]:
    """Declares the server and the bucket of its artifacts.

    Args:
        tracking: The specification's part.
        environment: The platform's environment.

    Returns:
        The outputs, by name.
    """
    made = ExperimentTracking(
        environment.prefix,
        ExperimentTrackingArgs(
            placement=environment.placement,
            server_name=environment.names.tracking_server,
            encryption_key_arn=environment.key.arn,
            size=SIZES[tracking.size],
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
        ),
        environment.options,
    )
    return {"tracking_server_arn": made.server_arn, "tracking_bucket_arn": made.bucket_arn}
