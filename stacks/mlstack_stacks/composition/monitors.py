"""The part `monitoring`, of a released model: its monitors, from the specification's to those of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from mlstack_components.aws.job_roles import JobKind
from mlstack_components.aws.model_monitors import DataQualityArgs, ModelMonitors, ModelMonitorsArgs

if TYPE_CHECKING:
    from mlstack_components.aws.endpoint import Endpoint

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec.monitors import DataQuality


def monitor(
    data_quality: DataQuality, endpoint: Endpoint, baseline_uri: str | None, environment: Environment
) -> ModelMonitors:
    """Declares what watches the calls of an endpoint that serves.

    It belongs to the endpoint's component, so that a release brings it up with the endpoint, and another baseline with
    another version.

    Args:
        data_quality: The specification's monitor.
        endpoint: The endpoint.
        baseline_uri: Where the baseline of the released version lies, or None.
        environment: The environment.
    """
    data = environment.spec.data
    return ModelMonitors(
        environment.prefix,
        ModelMonitorsArgs(
            placement=environment.placement,
            endpoint_name=endpoint.endpoint_name.apply(str),
            baseline_uri=baseline_uri,
            data_quality=DataQualityArgs(
                schedule=data_quality.schedule,
                instance_type=data_quality.instance_type,
                target=None if data is None else data.target,
            ),
            role_arn=environment.roles.arn(JobKind.MONITORING),
            artifact_bucket=environment.store.artifact_bucket,
            encryption_key_arn=environment.key.arn,
            network=environment.network,
            tags=environment.tags,
        ),
        pulumi.ResourceOptions(parent=endpoint),
    )
