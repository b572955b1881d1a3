"""The schedule that starts a monitor's jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.monitor_schedule import schedule_expression

if TYPE_CHECKING:
    from collections.abc import Mapping


def monitoring_schedule(
    name: str,
    definition_name: pulumi.Input[str],
    *,
    monitoring_type: str,
    schedule: str,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> aws.sagemaker.MonitoringSchedule:
    """Declare the schedule of a monitor.

    Args:
        name: Its logical name.
        definition_name: The job definition's name.
        monitoring_type: SageMaker's word for what is monitored, such as `ModelQuality`.
        schedule: When, as `schedule_expression` takes it.
        tags: Its tags.
        parent: The monitor.
    """
    config = aws.sagemaker.MonitoringScheduleMonitoringScheduleConfigArgs(
        monitoring_job_definition_name=definition_name,
        monitoring_type=monitoring_type,
        schedule_config=aws.sagemaker.MonitoringScheduleMonitoringScheduleConfigScheduleConfigArgs(
            schedule_expression=schedule_expression(schedule)
        ),
    )
    return aws.sagemaker.MonitoringSchedule(
        name,
        aws.sagemaker.MonitoringScheduleArgs(monitoring_schedule_config=config, tags=tags),
        pulumi.ResourceOptions(parent=parent),
    )
