"""The part `monitoring`, of a released model: its monitor of model quality, from the specification's to that of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from mlstack_components.aws.job_roles import JobKind
from mlstack_components.aws.model_quality_monitor import ModelQualityMonitor, ModelQualityMonitorArgs

from mlstack_stacks.spec.model_quality import problem_of

if TYPE_CHECKING:
    from mlstack_components.aws.endpoint import Endpoint

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.composition.release_pointer import Released
    from mlstack_stacks.spec.model_quality import ModelQuality


def monitor_quality(
    monitor: ModelQuality, endpoint: Endpoint, release: Released, environment: Environment
) -> ModelQualityMonitor:
    """Declares what compares the predictions of an endpoint with labels; a part of the endpoint, as all monitors.

    Args:
        monitor: The specification's monitor.
        endpoint: The endpoint.
        release: What is released.
        environment: The environment.
    """
    data = environment.spec.data
    arguments = ModelQualityMonitorArgs(
        placement=environment.placement,
        endpoint_name=endpoint.endpoint_name.apply(str),
        baseline_uri=release.quality_baseline_uri,
        schedule=monitor.schedule,
        problem=problem_of(environment.spec, monitor),
        target=None if data is None else data.target,
        role_arn=environment.roles.arn(JobKind.MONITORING),
        data_bucket=environment.store.data_bucket,
        artifact_bucket=environment.store.artifact_bucket,
        encryption_key_arn=environment.key.arn,
        instance_type=monitor.instance_type,
        network=environment.network,
        tags=environment.tags,
    )
    return ModelQualityMonitor(environment.prefix, arguments, pulumi.ResourceOptions(parent=endpoint))
